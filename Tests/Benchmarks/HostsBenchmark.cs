using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Two hosts over PostgreSQL, round after round: the same night is asked for twice at one instant, and at a moment that <c>--seed</c> gives the host at work is
/// killed with -9, or stopped past its lease and continued: <c>hosts --rounds 20 --seed 7 --connection env:NAME</c>. Says whether each night was published
/// once, with the bytes of an undisturbed one, and what became of both jobs.
/// </summary>
internal static class HostsBenchmark
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    public static int Run(string[] arguments) => RunAsync(Arguments.Parse(arguments)).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(Arguments parsed)
    {
        var seeds = new SplitMix64((ulong)parsed.Int("seed", 7), "hosts");
        string folder = Directory.CreateTempSubdirectory("recsys-hosts-").FullName;
        int wrong = 0;
        try
        {
            string log = Path.Combine(folder, "log");
            SyntheticLog.Write(
                new SyntheticParameters(parsed.Int("users", 4_000), 500, parsed.Int("events", 60_000), Seed: 7),
                log, ParquetFiles.Writer(), StageContext.Quiet());
            string config = Path.Combine(folder, "night.json");
            await File.WriteAllTextAsync(config, Configuration(log)).ConfigureAwait(false);
            string alone = Path.Combine(folder, "alone");
            using (var night = Start(config, alone, "run", "nightly")) await night.WaitForExitAsync().ConfigureAwait(false);
            string expected = Manifest(alone, (await File.ReadAllTextAsync(Path.Combine(alone, "current")).ConfigureAwait(false)).Trim());
            // How long a night takes two hosts that nobody strikes: no moment of theirs.
            var (calm, took, _) = await RoundAsync(config, Place(0), kills: false, after: null, expected).ConfigureAwait(false);
            Console.WriteLine(FormattableString.Invariant($"undisturbed: {took.TotalSeconds:0.0} s: {calm}"));
            int missed = 0;
            for (int round = 1; round <= parsed.Int("rounds", 20); round++)
            {
                bool kills = seeds.Next() % 2 == 0;
                var after = took * (seeds.Next() % 900 / 1_000.0);
                var (said, _, struck) = await RoundAsync(config, Place(round + 1_000 * missed), kills, after, expected).ConfigureAwait(false);
                if (!said.StartsWith("right", StringComparison.Ordinal)) wrong++;
                Console.WriteLine(FormattableString.Invariant($"round {round}: {(kills ? "killed" : "paused")} after {after.TotalSeconds:0.0} s: {said}"));
                // A night that had ended by then is no round.
                if (struck) continue;
                missed++;
                round--;
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        PublishOptions Place(int number)
        {
            string schema = string.Create(CultureInfo.InvariantCulture, $"recsys_hosts_{Environment.ProcessId}_{number}");
            return new PublishOptions
            {
                Path = Path.Combine(folder, schema),
                Store = OutputEngine.PostgreSql,
                Connection = parsed.Optional("connection"),
                Schema = schema,
            };
        }
        Console.WriteLine(wrong == 0 ? "every night was published once, byte for byte" : $"{wrong} rounds went WRONG");
        return wrong == 0 ? 0 : 1;
    }

    /// <param name="after">When the host at work is struck, after its run began; null: never.</param>
    private static async Task<(string Said, TimeSpan Took, bool Struck)> RoundAsync(
        string config, PublishOptions publish, bool kills, TimeSpan? after, string expected)
    {
        using var place = OutputConnection.OpenForServing(publish, TimeProvider.System);
        using var hangfire = SchedulingServices.Shared(new SchedulerOptions { Store = SchedulerStore.PostgreSql }, publish, place.Operations)!;
        var jobs = new JobReader(hangfire.Storage);
        string[] shared =
        [
            "Publish:Store=PostgreSql", $"Publish:Connection={publish.Connection}", $"Publish:Schema={publish.Schema}", "Scheduler:Store=PostgreSql",
            "Scheduler:PollInterval=00:00:00.5",
            "Scheduler:BusyDelay=00:00:01", $"Scheduler:InvisibilityTimeout={Term}",
        ];
        var hosts = new[] { "a", "b" }.ToDictionary(
            n => n, n => Start(config, publish.Path, ["serve", "--development", "--urls", "http://127.0.0.1:0"], [.. shared, $"Scheduler:Node={n}"]));
        try
        {
            await Until(() => hangfire.Storage.GetMonitoringApi().Servers().Count >= 2).ConfigureAwait(false);
            var order = new JobOrder(JobNames.Nightly, []);
            string[] ids = await Task.WhenAll(Task.Run(() => hangfire.Enqueue(order, "one")), Task.Run(() => hangfire.Enqueue(order, "two")))
                .ConfigureAwait(false);
            await Until(() => ids.Any(id => jobs.Find(id) is { RunId: not null } or { IsOpen: false })).ConfigureAwait(false);
            JobFacts? struck = null;
            if (after is { } moment)
            {
                await Task.Delay(moment).ConfigureAwait(false);
                struck = ids.Select(id => jobs.Find(id)!).FirstOrDefault(j => j is { State: JobState.Running, RunId: not null });
                if (struck?.Node is { } node) Kill(kills ? "-9" : "-STOP", hosts[node]);
            }
            string at = struck?.RunId is { } id && place.Ledger.Stages(id) is [.., var stage] ? $"{struck.Node} amid {stage.Stage}" : "nobody";
            await Until(() => ids.All(id => jobs.Find(id) is { IsOpen: false })).ConfigureAwait(false);
            if (struck?.Node is { } stopped && !kills)
            {
                Kill("-CONT", hosts[stopped]);
                await Task.Delay(Term).ConfigureAwait(false);
            }
            string story = string.Join("; ", ids.Select(id =>
                $"{string.Join(" < ", hangfire.Storage.GetMonitoringApi().JobDetails(id).History.Select(h => h.StateName))}: {jobs.Find(id)!.Message}"));
            int versions = place.Store.Versions().Count;
            bool same = place.Store.Current is { } current && Manifest(publish.Path, current) == expected;
            var took = place.Ledger.Runs(1) is [{ Ended: { } ended } run] ? ended - run.Started : default;
            string said = $"{(versions == 1 && same ? "right" : "WRONG")}, at work was {at}; {versions} version(s), "
                + $"{(same ? "same bytes" : "OTHER bytes")}; {story}";
            return (said, took, struck is not null);
        }
        catch (TimeoutException)
        {
            return ("WRONG, it did not end: " + string.Join("; ", jobs.Newest(10)), default, true);
        }
        finally
        {
            foreach (var host in hosts.Values)
            {
                if (!host.HasExited) host.Kill();
                host.Dispose();
            }
        }
    }

    private static async Task Until(Func<bool> holds)
    {
        for (long began = Stopwatch.GetTimestamp(); !holds(); await Task.Delay(50).ConfigureAwait(false))
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new TimeoutException();
    }

    private static string Manifest(string output, string version) => File.ReadAllText(Path.Combine(output, "versions", version, VersionManifest.FileName));

    private static void Kill(string signal, Process host)
    {
        using var kill = Process.Start("kill", [signal, host.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static Process Start(string config, string output, params string[] command) => Start(config, output, command, []);

    private static Process Start(string config, string output, string[] command, string[] settings)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Recsys.Batch.Jobs.dll");
        var start = new ProcessStartInfo(
            "dotnet", ["exec", program, .. command, "--config", config, "--out", output, .. settings.SelectMany(s => new[] { "--set", s })])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var host = Process.Start(start)!;
        host.OutputDataReceived += (_, _) => { };
        host.ErrorDataReceived += (_, _) => { };
        host.BeginOutputReadLine();
        host.BeginErrorReadLine();
        return host;
    }

    private static string Configuration(string log) => JsonSerializer.Serialize(new
    {
        Ingest = new
        {
            Events = new[]
            {
                new
                {
                    Name = "shop",
                    Path = Path.Combine(log, "events"),
                    Columns = new { User = "user_id", Item = "item_id", Time = "event_time", Kind = "event_type" },
                },
            },
        },
        Embed = new { Model = "none" },
        Train = new { Als = new { Rank = 16, Iterations = 3 }, Baselines = Array.Empty<string>() },
        Evaluate = new { Replicates = 100, MinUsers = int.MaxValue, BaselineTolerance = 1 },
        Materialize = new { BlockUsers = 32 },
        Runs = new { Threads = 1, LeaseTerm = Term.ToString() },
    });
}
