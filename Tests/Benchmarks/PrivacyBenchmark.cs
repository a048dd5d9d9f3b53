using System.Globalization;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Neighbors;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// What <c>Privacy:MinCustomers</c> and <c>Privacy:Epsilon</c> cost on the shipped log: neighbors by counts and newcomers' lists, made of what was bought
/// before the hold-out, against what was bought in it and is new to the customer. <c>privacy [--key HEX]</c>; noise differs with the key.
/// </summary>
internal static class PrivacyBenchmark
{
    private const int Depth = 10;

    public static int Run(string[] arguments)
    {
        byte[] key = Convert.FromHexString(Arguments.Parse(arguments).Text("key", new string('0', 64)));
        string folder = Directory.CreateTempSubdirectory("recsys-privacy-").FullName;
        try
        {
            var (holdOut, catalog, items) = Ingest(folder);
            ulong[] ties = NoisyCounts.Ties(items);
            var exact = Made(new PrivacyOptions { MaxItems = 1_000 }, double.PositiveInfinity);
            Console.WriteLine($"{holdOut.Train.Users:N0} customers, {catalog.Items:N0} items; NDCG@{Depth} with 95% intervals");
            Console.WriteLine("| table of | items with neighbors | the same as exact, of 10 | neighbors as lists | newcomers' list |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            Say("exact counts", exact);
            foreach (int least in (int[])[2, 5, 10, 20])
                Say($"MinCustomers {least}", Made(new PrivacyOptions { MaxItems = 1_000, MinCustomers = least }, double.PositiveInfinity));
            foreach (var (epsilon, most) in ((double, int)[])[(8, 20), (4, 20), (2, 20), (1, 20), (8, 10), (4, 10), (1, 10)])
            {
                var options = new PrivacyOptions { Epsilon = epsilon, MaxItems = most };
                // As a night shares it among its four tables.
                Say($"Epsilon {epsilon}, MaxItems {most}", Made(options, Concentrated.Rho(epsilon, options.Delta / 2) / 4));
            }
            return 0;

            (NeighborLists Neighbors, double[] Customers) Made(PrivacyOptions options, double rho)
            {
                var noise = new KeyedNoise(key, string.Create(CultureInfo.InvariantCulture, $"benchmark {options.Epsilon} {options.MaxItems}"));
                var counts = new NoisyCounts(options, noise, rho);
                var clipped = counts.Clipped(holdOut.Train, ties);
                double[] customers = counts.Items(clipped, Enumerable.Range(0, clipped.Length), new double[catalog.Items], stream: 0);
                var pairs = counts.Pairs(clipped, catalog.Items, Environment.ProcessorCount);
                bool[] enough = [.. pairs.Counts.Select(c => c >= options.MinCustomers)];
                return (
                    new CountedNeighbors(new NeighborsOptions { MinScore = 0.01 }, catalog).Of(
                        [.. pairs.First.Where((_, p) => enough[p])], [.. pairs.Second.Where((_, p) => enough[p])], [.. pairs.Counts.Where((_, p) => enough[p])],
                        customers),
                    [.. customers.Select(c => c >= options.MinCustomers ? c : 0)]);
            }

            void Say(string name, (NeighborLists Neighbors, double[] Customers) made)
            {
                int with = Enumerable.Range(0, catalog.Items).Count(i => made.Neighbors.Offsets[i + 1] > made.Neighbors.Offsets[i]);
                var (byNeighbors, byPopularity) = Ndcg(holdOut, catalog, made.Neighbors, made.Customers);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {name} | {with:N0} | {Same(exact.Neighbors, made.Neighbors):0.0} | {Words(byNeighbors)} | {Words(byPopularity)} |"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (HoldOut HoldOut, Catalog Catalog, IdMap Items) Ingest(string folder)
    {
        string config = "data/online-retail/night.json";
        if (!File.Exists(config)) throw new ArgumentException("run it from the repository's root: data/online-retail/night.json is not here");
        var options = Settings.Night(new SettingsLayers().AddFile(Path.GetFullPath(config)).AddAssignments([$"Publish:Path={folder}"]).Root);
        var report = NightlyRun.RunAsync(options, new RunRequest(StageNames.Ingest), NoObserver.Instance, TimeProvider.System).GetAwaiter().GetResult();
        string ingest = Path.Combine(folder, "runs", report.RunId, StageNames.Ingest);
        return (IngestArtifacts.ReadHoldOut(ingest), IngestArtifacts.ReadCatalog(ingest), IngestArtifacts.ReadItems(ingest));
    }

    private static (double[] ByNeighbors, double[] ByPopularity) Ndcg(HoldOut holdOut, Catalog catalog, NeighborLists neighbors, double[] customers)
    {
        int[] popular =
            [.. Enumerable.Range(0, catalog.Items).Where(i => catalog.Available[i] && customers[i] > 0).OrderByDescending(i => customers[i]).ThenBy(i => i)];
        var (byNeighbors, byPopularity) = (new List<double>(), new List<double>());
        var scores = new double[catalog.Items];
        for (int user = 0; user < holdOut.Test.Rows; user++)
        {
            var bought = holdOut.Test.RowIndices(user);
            var had = holdOut.Train.ByUser.RowIndices(user).ToArray().ToHashSet();
            int[] news = [.. bought.ToArray().Where(i => !had.Contains(i))];
            if (news.Length == 0 || had.Count == 0) continue;
            scores.AsSpan().Clear();
            foreach (int item in had)
                for (int at = neighbors.Offsets[item]; at < neighbors.Offsets[item + 1]; at++) scores[neighbors.Items[at]] += neighbors.Scores[at];
            var candidates = Enumerable.Range(0, scores.Length).Where(i => scores[i] > 0 && !had.Contains(i));
            int[] list = [.. candidates.OrderByDescending(i => scores[i]).ThenBy(i => i).Take(Depth)];
            byNeighbors.Add(RankingMetrics.At(list, news, Depth).Ndcg);
            byPopularity.Add(RankingMetrics.At([.. popular.Where(i => !had.Contains(i)).Take(Depth)], news, Depth).Ndcg);
        }
        return ([.. byNeighbors], [.. byPopularity]);
    }

    /// <summary>Of the first ten neighbors how many are the same, on average over items that have ten in the first table.</summary>
    private static double Same(NeighborLists first, NeighborLists second)
    {
        int[] full = [.. Enumerable.Range(0, first.Offsets.Length - 1).Where(i => first.Offsets[i + 1] - first.Offsets[i] >= Depth)];
        return full.Average(i => (double)Top(first, i).Intersect(Top(second, i)).Count());

        static IEnumerable<int> Top(NeighborLists lists, int item) => lists.Items[lists.Offsets[item]..lists.Offsets[item + 1]].Take(Depth);
    }

    private static string Words(double[] values)
    {
        double mean = values.Average();
        double half = 1.96 * Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1) / values.Length);
        return string.Create(CultureInfo.InvariantCulture, $"{mean:.0000} ({mean - half:.000}-{mean + half:.000})");
    }
}
