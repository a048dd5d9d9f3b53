using System.Diagnostics;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.Kills;

/// <summary>
/// Nights and deltas of a small generated shop, each a process that is killed with -9 at moments that <c>--seed</c> gives, while readers poll the lists:
/// <c>kills --rounds 1000 --seed 7</c>. A round is one kill; after <c>--chain</c> (4) of them, or where a process had ended by then, the work is left to
/// finish. Its files must be those of an undisturbed one, byte for byte, its rows too, and no reader may ever see a list that is neither the old nor the new.
/// </summary>
internal static class KillsBenchmark
{
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(20);

    public static int Run(string[] arguments)
    {
        var parsed = Arguments.Parse(arguments);
        int rounds = parsed.Int("rounds", 1_000), chain = parsed.Int("chain", 4), wrong = 0, works = 0, kills = 0, missed = 0;
        var random = new SplitMix64((ulong)parsed.Int("seed", 7), "kills");
        long polls = 0, torn = 0, began = Stopwatch.GetTimestamp(), said = began;
        var struck = new SortedDictionary<string, int>(StringComparer.Ordinal);
        using var shop = new KilledShop(parsed.Int("users", 300));
        Console.WriteLine(FormattableString.Invariant(
            $"undisturbed: a night {shop.Took("nightly").TotalSeconds:0.0} s, a delta {shop.Took("delta").TotalSeconds:0.0} s, each with its process"));
        for (int work = 0; kills < rounds; work++)
        {
            string job = random.Next() % 3 == 0 ? "delta" : "nightly";
            string output = shop.Begin();
            using (var readers = new PollingReaders(output, shop.Lists("begun"), shop.Lists(job)))
            {
                for (int left = Math.Min(chain, rounds - kills); left > 0; left--)
                {
                    // The last tenth is added so that the ends of short runs are struck too.
                    var moment = shop.Took(job) * (random.Next() % 1_100 / 1_000.0);
                    if (shop.Kill(job, output, moment) is not { } amid)
                    {
                        missed++;
                        break;
                    }
                    kills++;
                    struck[amid] = struck.GetValueOrDefault(amid) + 1;
                }
                var (exit, words) = shop.Finish(job, output);
                string? fault = exit != 0 ? $"exit code {exit}: {words}" : shop.Difference(job, output);
                works++;
                readers.Stop();
                polls += readers.Polls;
                torn += readers.Torn;
                if (fault is not null || readers.Torn > 0)
                {
                    wrong++;
                    Console.WriteLine($"{job} {work} went WRONG after {kills} kills: {fault} {readers.Example}");
                }
            }
            KilledShop.End(output);
            if (Stopwatch.GetElapsedTime(said) < Progress && kills < rounds) continue;
            said = Stopwatch.GetTimestamp();
            Console.WriteLine(FormattableString.Invariant(
                $"{kills} kills, {works} nights and deltas, {polls} polls, {torn} torn, {Stopwatch.GetElapsedTime(began).TotalMinutes:0.0} min"));
        }
        Console.WriteLine($"killed amid: {string.Join(", ", struck.Select(s => $"{s.Key} {s.Value}"))}; {missed} had ended before their moment");
        Console.WriteLine(
            $"{kills} kills over {works} nights and deltas: {(wrong == 0 ? "all ended with the bytes of undisturbed ones" : $"{wrong} went WRONG")}; "
            + $"{polls:N0} polls, {torn} torn");
        return wrong == 0 && torn == 0 ? 0 : 1;
    }
}
