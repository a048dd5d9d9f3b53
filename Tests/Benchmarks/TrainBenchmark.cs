using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>train --data FILE [--rank 64,128,256] [--iterations N] [--threads N] [--solver NAME] [--block N] [--steps N] [--alpha0 X] [--nu X] [--test FILE]</c>:
/// seconds per ALS iteration, share of the FMA roof, objective, and with a test file recall@20 and NDCG@20.
/// </summary>
internal static class TrainBenchmark
{
    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        string data = given.Text("data");
        var split = PairFiles.Load(ParquetFiles.Reader(), data, given.Text("test", data));
        var matrix = split.Train;
        int threads = given.Int("threads", Environment.ProcessorCount);
        double peak = Hardware.PeakGflops() * threads;
        Console.WriteLine($"{matrix.Users} users x {matrix.Items} items, {matrix.Count} pairs; {threads} threads; FMA peak {peak:F0} GFLOP/s");
        foreach (int rank in given.Ints("rank", [64, 128, 256]))
        {
            var options = new AlsOptions
            {
                Rank = rank,
                Solver = Enum.Parse<AlsSolverKind>(given.Text("solver", "Auto"), ignoreCase: true),
                SubspaceBlock = given.Int("block", 64),
                ConjugateGradientSteps = given.Int("steps", 3),
                UnobservedWeight = given.Double("alpha0", 0.1),
                Regularization = given.Double("lambda", 0.003),
                RegularizationExponent = given.Double("nu", 1),
            };
            var run = Measure(matrix, options, given.Int("iterations", 10), StageContext.Quiet(threads), peak);
            if (given.Text("test", "").Length == 0) continue;
            var (recall, ndcg) = HoldOutQuality.Of(new FactorScorer(run.Users, run.Items), matrix.ByUser, split.Test, 20, threads);
            Console.WriteLine($"       recall@20 {recall:F4}, NDCG@20 {ndcg:F4}");
        }
        return 0;
    }

    private static AlsRun Measure(InteractionMatrix matrix, AlsOptions options, int iterations, StageContext context, double peak)
    {
        var run = new AlsRun(matrix, options, context);
        run.Iterate();
        var seconds = new List<double>();
        var objectives = new List<double> { run.Objective() };
        var cpu = TimeSpan.Zero;
        for (int i = 1; i < iterations; i++)
        {
            long start = Stopwatch.GetTimestamp();
            var before = Environment.CpuUsage.TotalTime;
            run.Iterate();
            cpu += Environment.CpuUsage.TotalTime - before;
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            if (i % 3 == 0 || i == iterations - 1) objectives.Add(run.Objective());
        }
        seconds.Sort();
        double flops = Flops(matrix, options);
        Console.WriteLine(
            $"K={options.Rank,-5} {options.SolverFor(options.Rank),-18} median {seconds[seconds.Count / 2],7:F3} s/iteration, best {seconds[0],7:F3}, "
            + $"cpu {cpu.TotalSeconds / (iterations - 1),7:F3}; {flops / seconds[0] / 1e9,6:F0} GFLOP/s = {flops / seconds[0] / 1e9 / peak,4:P0} of peak; "
            + $"objective {string.Join(" ", objectives.Select(o => o.ToString("F0", CultureInfo.InvariantCulture)))}");
        return run;
    }

    /// <summary>Operations that the algorithm needs, both sides, counted from the shapes.</summary>
    private static double Flops(InteractionMatrix matrix, AlsOptions options)
    {
        double k = options.Rank;
        double pairs = 2.0 * matrix.Count;
        double rows = (double)matrix.Users + matrix.Items;
        double gramians = rows * k * k;
        return gramians + options.SolverFor(options.Rank) switch
        {
            AlsSolverKind.Cholesky => pairs * k * k + rows * (k * k * k / 3 + 4 * k * k),
            AlsSolverKind.Subspace =>
                pairs * (k * Math.Min(k, options.SubspaceBlock) + 6 * k) + rows * (2 * k * k + k * Math.Pow(Math.Min(k, options.SubspaceBlock), 2) / 3),
            _ => (options.ConjugateGradientSteps + 1) * (pairs * 4 * k + rows * 2 * k * k),
        };
    }
}
