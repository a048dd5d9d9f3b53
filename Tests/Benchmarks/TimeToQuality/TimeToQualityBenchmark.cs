using System.Diagnostics;
using Recsys.Batch.Benchmarks.Comparisons;
using Recsys.Batch.Benchmarks.Peers;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Benchmarks.TimeToQuality;

/// <summary>
/// <c>time-to-quality --data FILE --test FILE [--rank 64,128,256] [--iterations 6] [--peer-iterations 15] [--rounds 2] [--python python3]
/// [--start Spectral] [--alpha0 0.01] [--lambda 0.003]</c>: seconds of training until the lists of all test users have the NDCG@20 that implicit's ALS
/// reaches, both measured after every iteration, one after the other. Each side's curve is the fastest of the rounds, point by point. The exact solution of
/// all users that ends a night's training, which makes folding in exact, is on neither side.
/// </summary>
internal static class TimeToQualityBenchmark
{
    // implicit's best is ahead of the iteration before by little; how fast a little less is had says as much.
    private static readonly double[] s_shares = [0.97, 0.99, 1];

    public static int Run(string[] args)
    {
        _ = Compare(Arguments.Parse(args));
        return 0;
    }

    public static IReadOnlyList<Comparison> Compare(Arguments given)
    {
        var found = new List<Comparison>();
        var split = PairFiles.Load(ParquetFiles.Reader(), given.Text("data"), given.Text("test"));
        int iterations = given.Int("iterations", 6), theirIterations = given.Int("peer-iterations", 15), rounds = given.Int("rounds", 2);
        int threads = Environment.ProcessorCount;
        using var peer = new ImplicitPeer(given.Text("python", "python3"), split.Train.ByUser, split.Test);
        foreach (int rank in given.Ints("rank", [64, 128, 256]))
        {
            var options = new AlsOptions
            {
                Rank = rank,
                UnobservedWeight = given.Double("alpha0", 0.01),
                Regularization = given.Double("lambda", 0.003),
                Start = Enum.Parse<AlsStart>(given.Text("start", "Spectral"), ignoreCase: true),
            };
            _ = Train(split.Train, options, 1, threads);
            QualityPoint[] ours = [], theirs = [];
            for (int round = 0; round < rounds; round++)
            {
                bool measured = ours.Length == 0;
                ours = Fastest(ours, [.. Enumerable.Range(1, iterations).Select(n => Ours(split.Train, split.Test, options, n, threads, measured))]);
                theirs = Fastest(theirs, peer.Curve(rank, theirIterations, threads));
            }
            found.AddRange(Show(rank, ours, theirs));
        }
        return found;
    }

    /// <returns>The comparison at implicit's best.</returns>
    private static IEnumerable<Comparison> Show(int rank, QualityPoint[] ours, QualityPoint[] theirs)
    {
        Console.WriteLine($"K = {rank}: iterations, seconds, recall@20, NDCG@20; ours, then implicit's");
        for (int i = 0; i < Math.Max(ours.Length, theirs.Length); i++)
            Console.WriteLine($"  {(i < ours.Length ? Text(ours[i]) : ""),-23}   {(i < theirs.Length ? Text(theirs[i]) : "")}");
        double best = theirs.Max(p => p.Ndcg);
        string name = $"training to the best NDCG@20 of implicit's {theirs.Length} iterations, rank {rank}";
        foreach (double share in s_shares)
        {
            double wanted = share * best;
            var other = QualityPoint.FirstAt(theirs, wanted)!.Value;
            string what = $"  NDCG@20 of {wanted:F4}, {share:P0} of implicit's best:";
            if (QualityPoint.FirstAt(ours, wanted) is not { } own)
            {
                Console.WriteLine($"{what} not reached");
                if (share == 1) yield return Comparison.NotReached(name, other.Seconds, "s", ImplicitPeer.Name, 4);
                continue;
            }
            Console.WriteLine($"{what} {own.Seconds:F2} s, implicit {other.Seconds:F2} s, {other.Seconds / own.Seconds:F1} times");
            if (share == 1) yield return Comparison.Shorter(name, own.Seconds, other.Seconds, "s", ImplicitPeer.Name, 4);
        }
    }

    private static string Text(QualityPoint p) => $"{p.Iterations,2} {p.Seconds,6:F2} {p.Recall:F4} {p.Ndcg:F4}";

    private static QualityPoint Ours(InteractionMatrix matrix, SparseRows test, AlsOptions options, int iterations, int threads, bool measured)
    {
        long start = Stopwatch.GetTimestamp();
        var run = Train(matrix, options, iterations, threads);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        // The same bits every time, so one look is enough.
        var (recall, ndcg) = measured ? HoldOutQuality.Of(new FactorScorer(run.Users, run.Items), matrix.ByUser, test, 20, threads) : default;
        return new QualityPoint(iterations, seconds, recall, ndcg);
    }

    private static AlsRun Train(InteractionMatrix matrix, AlsOptions options, int iterations, int threads)
    {
        var run = new AlsRun(matrix, options, StageContext.Quiet(threads));
        for (int i = 0; i < iterations; i++) run.Iterate();
        return run;
    }

    private static QualityPoint[] Fastest(QualityPoint[] before, QualityPoint[] now) => before.Length == 0
        ? now
        : [.. before.Zip(now, (a, b) => a with { Seconds = Math.Min(a.Seconds, b.Seconds) })];
}
