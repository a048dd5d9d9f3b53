using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Benchmarks.Comparisons;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>retrieve [--users N] [--items N] [--rank K] [--depth M] [--threads N] [--runs N] [--norms flat|power]</c>: top-M of all users beside the plain product of
/// the same factors. <c>flat</c> norms are the worst case, where no item can be skipped; <c>power</c> has norms that fall as a catalog's popularity does.
/// </summary>
internal static class RetrieveBenchmark
{
    public static int Run(string[] args)
    {
        int users = Option(args, "--users", 29_858);
        int items = Option(args, "--items", 40_981);
        int depth = Option(args, "--depth", 100);
        int threads = Option(args, "--threads", Environment.ProcessorCount);
        int runs = Option(args, "--runs", 5);
        double peak = Hardware.PeakGflops() * threads;
        Console.WriteLine($"top-{depth} of {users} users x {items} items, {threads} thread(s), FMA peak {peak:F0} GFLOP/s, best of {runs}");
        foreach (int rank in args.Contains("--rank") ? [Option(args, "--rank", 64)] : new[] { 64, 128, 256 })
        {
            double flops = 2.0 * users * items * rank;
            var product = Best(runs, () => Product(users, items, rank, threads));
            Show($"K={rank} product alone", users, flops, product, peak);
            foreach (bool power in args.Contains("--norms") ? [args[Array.IndexOf(args, "--norms") + 1] == "power"] : new[] { false, true })
            {
                var model = new FactorModel(Factors(users, rank, 1, power: false), Factors(items, rank, 2, power));
                var seen = Seen(users, items);
                var open = Best(1, () => Open(new FactorsOnly(model), depth, seen));
                var session = Open(new FactorsOnly(model), depth, seen);
                var seconds = Best(runs, () => All(session, users, threads));
                Show($"K={rank} top-{depth}, {(power ? "power" : "flat")} norms", users, flops, seconds, peak);
                Console.WriteLine(
                    $"    packing {open.Wall * 1e3:F0} ms, {product.Wall / seconds.Wall:F2} x the product's speed ({product.Cpu / seconds.Cpu:F2} "
                    + $"x by processor time)");
            }
        }
        return 0;
    }

    /// <summary>Flat norms, where no item can be skipped, beside the product alone: 1,024 users x 100,000 items of 64 columns.</summary>
    public static IReadOnlyList<Comparison> Compare(Arguments given)
    {
        const int users = 1_024, items = 100_000, rank = 64;
        int threads = Environment.ProcessorCount, runs = given.Int("runs", 7);
        var product = Best(runs, () => Product(users, items, rank, threads));
        var model = new FactorModel(Factors(users, rank, 1, power: false), Factors(items, rank, 2, power: false));
        var session = Open(new FactorsOnly(model), 100, Seen(users, items));
        var lists = Best(runs, () => All(session, users, threads));
        return
        [
            Comparison.Share(
                "exact top-100 of 1,024 users x 64 x 100,000 items, flat norms", lists.Wall * 1e3, product.Wall * 1e3, "ms", "our own product alone", 0.4),
        ];
    }

    internal static IRetrievalSession Open(IFactorScorer scorer, int depth, SparseRows? seen) =>
        new ExactRetriever().Open(scorer, new RetrievalRequest(depth, seen));

    internal static void All(IRetrievalSession session, int users, int threads)
    {
        // Every thread has work, also where the users would fit into one block.
        int block = Math.Min(1_022, (users + threads - 1) / threads);
        Parallel.For(0, (users + block - 1) / block, new ParallelOptions { MaxDegreeOfParallelism = threads }, b =>
            session.Retrieve([.. Enumerable.Range(b * block, Math.Min(block, users - b * block))]));
    }

    /// <summary>Wall and processor seconds of the best of several runs after one to warm up; processor time is the truer one on a busy machine.</summary>
    internal static (double Wall, double Cpu) Best(int runs, Action action)
    {
        var (wall, cpu) = (double.MaxValue, double.MaxValue);
        for (int run = 0; run <= runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            var used = Environment.CpuUsage.TotalTime;
            action();
            if (run == 0) continue;
            wall = Math.Min(wall, Stopwatch.GetElapsedTime(start).TotalSeconds);
            cpu = Math.Min(cpu, (Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }
        return (wall, cpu);
    }

    private static void Show(string what, int users, double flops, (double Wall, double Cpu) seconds, double peak) =>
        Console.WriteLine(
            $"{what,-36} {seconds.Wall * 1e3,7:F0} ms ({seconds.Cpu * 1e3:F0} ms of processor) {users / seconds.Wall,8:F0} users/s "
            + $"{flops / seconds.Wall / 1e9,6:F0} GFLOP/s {flops / seconds.Wall / 1e9 / peak,6:P0} of peak");

    private static void Product(int users, int items, int rank, int threads)
    {
        using var a = new LargeMatrix(Math.Min(users, 4_096), rank);
        using var b = new LargeMatrix(items, rank);
        using var c = new LargeMatrix(a.Rows, items);
        for (int done = 0; done < users; done += (int)a.Rows) Gemm.MultiplyAdd(1, a.View, b.View.Transposed, c.View, threads);
    }

    private static FactorMatrix Factors(int rows, int rank, int seed, bool power)
    {
        var random = new Random(seed);
        var matrix = new FactorMatrix(rows, rank);
        for (int i = 0; i < rows; i++)
        {
            float scale = power ? 1 / MathF.Sqrt(1 + random.Next(rows)) : 1;
            foreach (ref float x in matrix.Row(i)) x = scale * (random.NextSingle() + random.NextSingle() - 0.9f);
        }
        return matrix;
    }

    private static SparseRows Seen(int users, int items)
    {
        var random = new Random(3);
        int count = users * 27;
        var (rows, columns, values) = (new int[count], new int[count], new float[count]);
        for (int k = 0; k < count; k++) (rows[k], columns[k], values[k]) = (random.Next(users), random.Next(items), 1);
        return SparseRows.FromTriplets(users, items, rows, columns, values);
    }

    private static int Option(string[] args, string name, int otherwise)
    {
        int at = Array.IndexOf(args, name);
        return at < 0 ? otherwise : int.Parse(args[at + 1], CultureInfo.InvariantCulture);
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
