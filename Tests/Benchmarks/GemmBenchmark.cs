using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks;

/// <summary><c>gemm [N] [THREADS]</c>: products and Gramians of N x N and of tall matrices beside the FMA peak.</summary>
internal static class GemmBenchmark
{
    public static int Run(string[] args)
    {
        int n = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 2048;
        int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        double peak = Hardware.PeakGflops() * threads;
        Console.WriteLine($"FMA peak {peak:F1} GFLOP/s on {threads} thread(s)");
        using var a = Filled(n, n, 1);
        using var b = Filled(n, n, 2);
        using var c = new LargeMatrix(n, n);
        Time($"A*B {n}^3", 2.0 * n * n * n, peak, () => Gemm.MultiplyAdd(1, a.View, b.View, c.View, threads));
        Time($"A*B^T {n}^3", 2.0 * n * n * n, peak, () => Gemm.MultiplyAdd(1, a.View, b.View.Transposed, c.View, threads));
        Time($"A^T*B {n}^3", 2.0 * n * n * n, peak, () => Gemm.MultiplyAdd(1, a.View.Transposed, b.View, c.View, threads));
        foreach (int rank in new[] { 64, 128, 256, 512 })
        {
            const int rows = 40_000;
            using var tall = Filled(rows, rank, 3);
            using var small = Filled(rank, rank, 4);
            using var product = new LargeMatrix(rows, rank);
            var gram = new double[rank * rank];
            Time($"Gramian {rows} x {rank}", (double)rows * rank * rank, peak, () => Gramian.Of(tall.View, gram, threads));
            Time(
                $"{rows} x {rank} times {rank} x {rank}", 2.0 * rows * rank * rank, peak,
                () => Gemm.MultiplyAdd(1, tall.View, small.View, product.View, threads));
        }
        return 0;
    }

    private static LargeMatrix Filled(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new LargeMatrix(rows, columns);
        for (int r = 0; r < rows; r++)
            foreach (ref float x in matrix.Row(r)) x = random.NextSingle() - 0.5f;
        return matrix;
    }

    /// <summary>The best of several runs; by processor time too, which tells the kernel apart from what else the machine does.</summary>
    private static void Time(string what, double flops, double peak, Action action)
    {
        action();
        double best = double.MaxValue;
        double bestCpu = double.MaxValue;
        for (int run = 0; run < 7; run++)
        {
            var cpu = Environment.CpuUsage.TotalTime;
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
            bestCpu = Math.Min(bestCpu, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        double rate = flops / best / 1e9;
        Console.WriteLine(
            $"{what,-40} {best * 1e3,9:F2} ms {rate,8:F1} GFLOP/s {rate / peak,6:P0} of peak; processor time {bestCpu * 1e3,9:F2} ms, "
            + $"{flops / bestCpu / 1e9,6:F0} GFLOP/s a core");
    }
}
