using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>rules [--users 200000] [--items 20000] [--rank 64] [--depth 200] [--length 20] [--lambda 0.2] [--threads N] [--gap 0.002]</c>: lists of made users under
/// stock, caps and quotas, as stage materialize makes them, then allocation over all of them. Prints whether a limit, a cap or a quota is broken, relevance
/// beside its bound, time beside that of the lists (retrieved, diversified and written, not explained), and memory. Exits with 1 where a limit is broken, the
/// gap is over 1% or allocation takes more than a quarter of the time in which the stage makes the lists under these rules.
/// </summary>
internal static class RulesBenchmark
{
    private const string Rules = """
        {
          "rules": [
            { "name": "stock", "kind": "limit", "listsPerPiece": 25 },
            { "name": "one shelf", "kind": "cap", "per": "category", "most": 4 },
            { "name": "season", "kind": "quota", "where": { "category": "c7" }, "least": 2 },
            { "name": "new", "kind": "floor", "where": { "age": "new" }, "per": "item", "lists": 50 },
            { "name": "sellers", "kind": "floor", "per": "seller", "share": 0.002 }
          ]
        }
        """;

    public static int Run(string[] args)
    {
        var options = Arguments.Parse(args);
        int users = options.Int("users", 200_000), items = options.Int("items", 20_000), rank = options.Int("rank", 64);
        int length = options.Int("length", 20), threads = options.Int("threads", Environment.ProcessorCount);
        var diversify = new DiversifyOptions
        {
            Method = "mmr",
            Lambda = options.Double("lambda", 0.2),
            ListLength = length,
            Candidates = options.Int("depth", 200),
            DistinctText = false,
        };
        var model = new FactorModel(Factors(users, rank, 1, items: false), Factors(items, rank, 2, items: true));
        var space = EmbeddingTable.Normalize(Copy(model.Items));
        var scorer = new FactorsOnly(model);
        var folder = Directory.CreateTempSubdirectory("recsys-rules-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "rules.json"), Rules);
            var file = RulesFile.Read(Path.Combine(folder, "rules.json"));
            var rules = new RuleSet(file.Rules, Catalog(items, users), new RuleUsers(users, null, null), null);
            var accounts = new Accounts(rules, [.. Enumerable.Repeat(true, items)], users, length);
            var context = StageContext.Quiet(threads);
            Console.WriteLine(
                $"{users} users x {length} of {items} items, rank {rank}, {diversify.Candidates} candidates, {threads} threads, "
                + $"{accounts.All.Count} bounds");
            var request = new RetrievalRequest(diversify.Candidates);
            // Once on a few, so that neither measurement has the compiler in it.
            Lists(2_048, folder, "warm", diversify, space, null, context, new ExactRetriever().Open(scorer, request).Retrieve);
            var plain = Clock(() => Lists(users, folder, "plain", diversify, space, null, context, new ExactRetriever().Open(scorer, request).Retrieve));
            var ruled = Clock(() => Lists(
                users, folder, "drafts", diversify, space, new ListRules { Constraints = rules, KeepsReserve = true }, context,
                new RuledCandidates(scorer, request, rules, length).Retrieve));
            AllocationResult result = null!;
            long before = Peak();
            var allocation = Clock(() => result = Allocate(ruled.Value, folder, rules, accounts, context, options.Double("gap", 0.002)));
            Console.WriteLine(
                $"lists without rules {plain.Seconds:F1} s ({plain.Cpu:F1} s of processors), under the rules of single lists {ruled.Seconds:F1} s "
                + $"({ruled.Cpu:F1}), allocation {allocation.Seconds:F1} s ({allocation.Cpu:F1})");
            return Judge(folder, ruled.Value, accounts, rules, result, allocation.Seconds / ruled.Seconds, allocation.Seconds / plain.Seconds, before);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static int Judge(string folder, int blocks, Accounts accounts, RuleSet rules, AllocationResult result, double share, double ofPlain, long before)
    {
        var used = new long[accounts.All.Count];
        int capped = 0, without = 0, lists = 0, full = 0;
        double relevance = 0, was = 0;
        var (cap, quota) = (rules.Of(0).Caps[0], rules.Of(0).Placements[0]);
        for (int b = 0; b < blocks; b++)
        {
            var made = ListBlocks.Read(Path.Combine(folder, "made", $"{b}.bin"));
            was += ListBlocks.Read(Path.Combine(folder, "drafts", $"{b}.bin")).Relevance.Sum(r => (double)r);
            relevance += made.Relevance.Sum(r => (double)r);
            for (int u = 0; u < made.Users.Length; u++)
            {
                var list = made.Items[made.Offsets[u]..made.Offsets[u + 1]];
                lists++;
                if (list.Length == 20) full++;
                if (list.CountBy(i => cap.Groups[i]).Any(g => g.Value > cap.Rule.Most)) capped++;
                if (list.Count(quota.Items.Contains) < quota.Rule.Least) without++;
                foreach (int item in list)
                    foreach (int account in accounts.Of(item)) used[account]++;
            }
        }
        int broken = accounts.All.Index().Count(a => !a.Item.IsFloor && used[a.Index] > a.Item.Bound);
        int unmet = accounts.All.Index().Count(a => a.Item.IsFloor && used[a.Index] < a.Item.Bound);
        int binding = result.Prices.Count(p => p != 0);
        Console.WriteLine(
            $"{broken} limits broken, {unmet} floors not met, {capped} lists over a cap, {without} below the quota, {full} of {lists} full; "
            + $"{binding} bounds have a price");
        Console.WriteLine(
            $"worth {result.Weight:F0} of at most {result.WeightBound:F0}: gap {result.Gap:P3}; without limits and floors {result.WeightBefore:F0}; "
            + $"relevance {relevance:F0} of {was:F0}");
        Console.WriteLine(
            $"{result.Rounds} rounds, {result.Changed} lists changed; time {share:F3} of the lists' own, {ofPlain:F3} of that without rules; "
            + $"peak {Peak() >> 20} MB, {before >> 20} MB before allocation");
        return broken == 0 && result.Gap < 0.01 && share <= 0.25 ? 0 : 1;
    }

    private static int Lists(
        int users, string folder, string name, DiversifyOptions options, EmbeddingTable space, ListRules? rules, StageContext context,
        Func<int[], CandidateBlock> retrieve)
    {
        var lists = new DiversifyStage(options, space, null, rules);
        int[][] blocks = [.. Enumerable.Range(0, users).Chunk(CandidateBlock.MaxUsers)];
        Directory.CreateDirectory(Path.Combine(folder, name));
        Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = context.Threads }, b =>
            ListBlocks.Write(Path.Combine(folder, name, $"{b}.bin"), lists.Run(retrieve(blocks[b]))));
        return blocks.Length;
    }

    private static AllocationResult Allocate(int blocks, string folder, RuleSet rules, Accounts accounts, StageContext context, double gap)
    {
        Directory.CreateDirectory(Path.Combine(folder, "made"));
        Directory.CreateDirectory(Path.Combine(folder, "scratch"));
        string[] files = [.. Enumerable.Range(0, blocks).Select(b => Path.Combine(folder, "scratch", $"{b}.bin"))];
        Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = context.Threads }, b => AllocationBlock.Of(Draft(b)).Write(files[b]));
        return new Allocator(rules, accounts, new RulesOptions { Gap = gap }, context).Run(
            files, null,
            (b, problem, lists) => ListBlocks.Write(Path.Combine(folder, "made", $"{b}.bin"), SwappedLists.Of(Draft(b), problem, lists, rules, out _)));

        RecommendationBlock Draft(int b) => ListBlocks.Read(Path.Combine(folder, "drafts", $"{b}.bin"));
    }

    /// <summary>Most items have more than anybody asks for; one in five has few pieces.</summary>
    private static RuleItems Catalog(int items, int users)
    {
        var ids = new IdMap();
        for (int i = 0; i < items; i++) ids.Add(i.ToString(CultureInfo.InvariantCulture));
        var attributes = new AttributeTable(["stock", "age", "seller"], items);
        var random = new Random(5);
        for (int i = 0; i < items; i++)
        {
            attributes["stock"][i] = (random.Next(5) == 0 ? 1 + random.Next(Math.Max(2, users / 2_500)) : 1_000_000).ToString(CultureInfo.InvariantCulture);
            attributes["age"][i] = random.Next(100) == 0 ? "new" : "old";
            attributes["seller"][i] = random.Next(200).ToString(CultureInfo.InvariantCulture);
        }
        var catalog = new Catalog
        {
            Titles = new string?[items],
            Categories = [.. Enumerable.Range(0, items).Select(i => $"c{i % 40}")],
            Brands = new string?[items],
            Prices = new double[items],
            Available = [.. Enumerable.Repeat(true, items)],
            TextHashes = new ulong[items],
        };
        return new RuleItems(ids, catalog, attributes);
    }

    /// <summary>Tastes of 40 kinds, items as unevenly popular as a catalog's are.</summary>
    private static FactorMatrix Factors(int rows, int rank, int seed, bool items)
    {
        var random = new Random(seed);
        var matrix = new FactorMatrix(rows, rank);
        for (int i = 0; i < rows; i++)
        {
            float scale = items ? 0.3f + 1 / MathF.Pow(1 + random.Next(rows), 0.3f) : 1;
            int taste = items ? i % 40 : random.Next(40);
            int k = 0;
            foreach (ref float x in matrix.Row(i))
            {
                float own = k++ % 40 == taste ? 1.5f : 0;
                x = scale * (own + random.NextSingle() + random.NextSingle() - (items ? 0.6f : 0.9f));
            }
        }
        return matrix;
    }

    private static FactorMatrix Copy(FactorMatrix from)
    {
        var to = new FactorMatrix(from.Rows, from.Rank);
        for (int i = 0; i < from.Rows; i++) from.Row(i).CopyTo(to.Row(i));
        return to;
    }

    private static (T Value, double Seconds, double Cpu) Clock<T>(Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        var cpu = Environment.CpuUsage.TotalTime;
        var value = work();
        return (value, Stopwatch.GetElapsedTime(start).TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
    }

    private static long Peak()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    private sealed class FactorsOnly(FactorModel model) : IFactorScorer
    {
        public InnerProducts Products { get; } = new([model.Users], model.Items);

        public int Users => model.Users.Rows;

        public int Items => model.Items.Rows;

        public int PreferredPanel => ItemPanels.Width;

        public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) =>
            throw new NotSupportedException("retrieval multiplies these factors itself");
    }
}
