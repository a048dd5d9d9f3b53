using System.Globalization;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// What a delta is worth on the shipped log: a night over all before <c>--from</c>, a delta and, beside it, a whole night over what came up to <c>--to</c>;
/// lists of all three against what was bought after that up to <c>--until</c> and is new to the customer:
/// <c>delta-quality --from 2011-11-07 --to 2011-11-14 --until 2011-11-28</c>.
/// </summary>
internal static class DeltaQuality
{
    private const int Depth = 10;

    private const int Replicates = 2000;

    public static int Run(string[] arguments)
    {
        var parsed = Arguments.Parse(arguments);
        var (from, to, until) = (parsed.Text("from", "2011-11-07"), parsed.Text("to", "2011-11-14"), parsed.Text("until", "2011-11-28"));
        string config = Find();
        string transactions = Path.Combine(Path.GetDirectoryName(config)!, "transactions");
        string folder = Directory.CreateTempSubdirectory("recsys-delta-").FullName;
        try
        {
            Grow("delta", "", from);
            var night = Take("night", "delta", RunRequest.Nightly);
            Grow("delta", from, to);
            var delta = Take("delta", "delta", RunRequest.Delta);
            Grow("whole", "", to);
            var whole = Take("whole night", "whole", RunRequest.Nightly);
            Grow("later", "", until);
            var later = Take("held-out purchases", "later", StageNames.Ingest, to);

            var (bought, known) = HeldOut(later);
            using var deltas = OutputFolder.OpenForReading(Options("delta").Publish);
            using var wholes = OutputFolder.OpenForReading(Options("whole").Publish);
            var (before, after, again) = (Lists(deltas.Store, night.Version!), Lists(deltas.Store, delta.Version!), Lists(wholes.Store, whole.Version!));
            string[] defaults = [.. deltas.Store.SegmentDefaults(night.Version).Where(s => s.Segment == "all").OrderBy(s => s.Rank).Select(s => s.ItemId)];
            var active = after.Keys.Where(u => bought.ContainsKey(u)).Order(StringComparer.Ordinal).ToArray();
            Console.WriteLine($"{bought.Count} customers bought something new to them from {to} up to {until}; {known} pairs");
            Say("with events for the delta", [.. active.Where(u => before.ContainsKey(u) && !before[u].SequenceEqual(after[u]))]);
            Say("new since the night", [.. active.Where(u => !before.ContainsKey(u))]);
            Say("all with a list", active);
            return 0;

            void Say(string group, string[] users)
            {
                Console.WriteLine($"{group}: {users.Length} customers");
                if (users.Length == 0) return;
                double[] stale = Scores(users, u => before.GetValueOrDefault(u) ?? defaults),
                    fresh = Scores(users, u => after[u]), full = Scores(users, u => again.GetValueOrDefault(u) ?? defaults);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  NDCG@{Depth}: lists of the night before {stale.Average():0.0000}, of the delta {fresh.Average():0.0000}, "
                    + $"of a whole night {full.Average():0.0000}"));
                var (low, high) = Interval([.. fresh.Zip(stale, (f, s) => f - s)]);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"  delta less night before: {fresh.Average() - stale.Average():+0.0000;-0.0000;0.0000} (95% {low:+0.0000;-0.0000;0.0000} to "
                    + $"{high:+0.0000;-0.0000;0.0000}, {Replicates} bootstrap replicates)"));
            }

            double[] Scores(string[] users, Func<string, string[]> list) => [.. users.Select(u => Ndcg(list(u), bought[u]))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // A log of its own for each store: the days from one up to, not with, another.
        void Grow(string store, string first, string end)
        {
            foreach (string part in Directory.GetDirectories(transactions))
            {
                string day = Path.GetFileName(part)["date=".Length..];
                if (string.CompareOrdinal(day, first) < 0 || string.CompareOrdinal(day, end) >= 0) continue;
                string copy = Path.Combine(folder, store, "log", Path.GetFileName(part));
                Directory.CreateDirectory(copy);
                foreach (string file in Directory.GetFiles(part)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
        }

        PipelineOptions Options(string store) => Settings.Night(new SettingsLayers().AddFile(config)
            .AddAssignments(
                [
                    $"Ingest:Events:0:Path={Path.Combine(folder, store, "log")}",
                    $"Publish:Path={Path.Combine(folder, store, "out")}",
                    "Ingest:HoldOut:Cut=2011-10-01"]).Root);

        RunReport Take(string what, string store, string job, string cut = "2011-10-01")
        {
            var options = Options(store);
            options.Ingest.HoldOut.Cut = cut;
            var report = NightlyRun.RunAsync(options, new RunRequest(job), NoObserver.Instance, TimeProvider.System).GetAwaiter().GetResult();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: {report.Took.TotalSeconds:0.0} s "
                + $"({string.Join(", ", report.Stages.Where(s => s.Took > TimeSpan.Zero).Select(s => $"{s.Stage} {s.Took.TotalSeconds:0.0}"))})"
                + $"{Made(report)}"));
            return report;
        }
    }

    /// <summary>How many lists a delta made and kept.</summary>
    internal static string Made(RunReport report) => report.Metric(StageNames.Materialize, "delta.users_folded_in") is { } made
        ? string.Create(CultureInfo.InvariantCulture, $"; {made:N0} lists made, {report.Metric(StageNames.Materialize, "delta.users_kept"):N0} kept")
        : "";

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "data", "online-retail", "night.json") is var config && File.Exists(config)) return config;
        throw new FileNotFoundException("data/online-retail/night.json is in no folder above the program; run the benchmark inside a clone of the repository");
    }

    /// <summary>By customer, the items bought after the cut and never before it.</summary>
    private static (Dictionary<string, HashSet<string>> Bought, int Pairs) HeldOut(RunReport ingested)
    {
        string ingest = ingested.Stages.Single(s => s.Stage == StageNames.Ingest).Folder;
        var (holdOut, users, items) = (IngestArtifacts.ReadHoldOut(ingest), IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest));
        var bought = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        for (int user = 0; user < holdOut.Test.Rows; user++)
        {
            var before = holdOut.Train.ByUser.RowIndices(user);
            var news = new HashSet<string>(StringComparer.Ordinal);
            foreach (int item in holdOut.Test.RowIndices(user))
                if (before.BinarySearch(item) < 0) news.Add(items.Text(item));
            if (news.Count > 0) bought[users.Text(user)] = news;
        }
        return (bought, bought.Sum(b => b.Value.Count));
    }

    private static Dictionary<string, string[]> Lists(IOutputStore store, string version) =>
        store.Lists(version).ToDictionary(l => l.UserId, l => l.ItemIds.Take(Depth).ToArray(), StringComparer.Ordinal);

    private static double Ndcg(string[] list, HashSet<string> bought)
    {
        double found = 0, best = 0;
        for (int rank = 0; rank < Depth; rank++)
        {
            double discount = 1 / Math.Log2(rank + 2);
            if (rank < list.Length && bought.Contains(list[rank])) found += discount;
            if (rank < bought.Count) best += discount;
        }
        return found / best;
    }

    private static (double Low, double High) Interval(double[] differences)
    {
        var random = new Pipeline.Numerics.SplitMix64(42, "delta quality");
        var means = new double[Replicates];
        for (int r = 0; r < Replicates; r++)
        {
            double sum = 0;
            for (int k = 0; k < differences.Length; k++) sum += differences[random.NextInt(differences.Length)];
            means[r] = sum / differences.Length;
        }
        Array.Sort(means);
        return (means[Replicates * 25 / 1000], means[Replicates * 975 / 1000 - 1]);
    }
}
