using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>rerank [--users N] [--items N] [--candidates M] [--list N] [--dimensions D] [--categories G] [--threads N] [--runs N]</c>: lists of every diversifier
/// out of candidates, and scores of the rankers, a second. <c>Peers/rerank.py</c> does the same in numpy, from the same arguments.
/// </summary>
internal static class RerankBenchmark
{
    public static int Run(string[] args)
    {
        int users = Option(args, "--users", 200_000), items = Option(args, "--items", 20_000), candidates = Option(args, "--candidates", 200);
        int length = Option(args, "--list", 20), dimensions = Option(args, "--dimensions", 64), categories = Option(args, "--categories", 30);
        int threads = Option(args, "--threads", Environment.ProcessorCount), runs = Option(args, "--runs", 3);
        var random = new Random(1);
        var vectors = new FactorMatrix(items, dimensions);
        for (int item = 0; item < items; item++)
            foreach (ref float value in vectors.Row(item)) value = random.NextSingle() - 0.5f;
        var space = EmbeddingTable.Normalize(vectors);
        int[] category = [.. Enumerable.Range(0, items).Select(_ => random.Next(categories))];
        const int histories = 1_000, each = 30;
        int[] history =
            [.. Enumerable.Range(0, histories).SelectMany(_ => Enumerable.Range(0, each).Select(k => k * (items / each) + random.Next(items / each)))];
        int[] pointers = [.. Enumerable.Range(0, histories + 1).Select(user => user * each)];
        var mixes = new CategoryMixes(Paths(category), new SparseRows(histories, items, pointers, history, new float[history.Length]));
        int[][] found = [.. Enumerable.Range(0, histories).Select(_ => Enumerable.Range(0, candidates).Select(_ => random.Next(items)).ToArray())];
        float[] relevance = [.. Enumerable.Range(0, candidates).Select(k => 1 - k / (float)candidates)];

        Console.WriteLine(
            $"{candidates} candidates of {dimensions} dimensions to {length}, {categories} categories, {users} users, {threads} thread(s), best of {runs}");
        foreach (string method in DiversifierCatalog.Names.Where(m => m != DiversifierCatalog.None))
        {
            var diversifier = DiversifierCatalog.Create(method, space, mixes, 0.3);
            Show(method, users, "users/s", RetrieveBenchmark.Best(runs, () => Blocks(users, threads, (first, end) =>
            {
                var list = new ListEntry[length];
                for (int user = first; user < end; user++) diversifier.Choose(user % histories, found[user % histories], relevance, list);
            })));
        }
        const int features = 20;
        FeatureRange[] ranges = [.. Enumerable.Repeat(new FeatureRange("x", 0, 1, 0.5f), features)];
        var rows = new float[candidates * features];
        foreach (ref float value in rows.AsSpan()) value = random.NextSingle();
        Rank("logistic ranker, 20 features", new LinearRanker(ranges, new float[features], 0));
        Rank("60 trees of 8 leaves", new TreeRanker(ranges, [.. Enumerable.Range(0, 60).Select(_ => Tree(random, features))], 0));
        return 0;

        void Rank(string what, IRanker ranker) => Show(what, (double)users * candidates, "candidates/s", RetrieveBenchmark.Best(runs, () => Blocks(
            users, threads, (first, end) =>
            {
                var (own, scores) = ((float[])rows.Clone(), new float[candidates]);
                for (int user = first; user < end; user++)
                {
                    FeatureRange.Apply(ranker.Ranges, own);
                    ranker.Score(own, scores);
                }
            })));
    }

    /// <summary>A full tree: inner nodes 0 to 6 by level, leaves below the last level.</summary>
    private static DecisionTree Tree(Random random, int features) => new(
        [.. Enumerable.Range(0, 7).Select(_ => random.Next(features))], [.. Enumerable.Range(0, 7).Select(_ => random.NextSingle())],
        [.. Enumerable.Range(0, 7).Select(n => n < 3 ? 2 * n + 1 : ~(2 * (n - 3)))],
        [.. Enumerable.Range(0, 7).Select(n => n < 3 ? 2 * n + 2 : ~(2 * (n - 3) + 1))],
        [.. Enumerable.Range(0, 8).Select(_ => random.NextDouble())]);

    private static void Blocks(int users, int threads, Action<int, int> work)
    {
        const int block = 1_000;
        Parallel.For(
            0, (users + block - 1) / block, new ParallelOptions { MaxDegreeOfParallelism = threads },
            b => work(b * block, Math.Min(users, (b + 1) * block)));
    }

    private static CategoryPaths Paths(int[] category) => new(new Catalog
    {
        Titles = new string?[category.Length],
        Categories = [.. category.Select(c => "c" + c.ToString(CultureInfo.InvariantCulture))],
        Brands = new string?[category.Length],
        Prices = new double[category.Length],
        Available = new bool[category.Length],
        TextHashes = new ulong[category.Length],
    });

    private static void Show(string what, double count, string unit, (double Wall, double Cpu) seconds) =>
        Console.WriteLine($"{what,-30} {count / seconds.Wall,12:N0} {unit,-13} {count / seconds.Cpu,12:N0} a processor second");

    private static int Option(string[] args, string name, int otherwise) =>
        Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
