using System.Diagnostics;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>trainer --algorithm NAME --data FILE --test FILE [--order COLUMN] [--k N] [--threads N] [--lambda X] [--neighbors N] [--weighting NAME]</c>: seconds of
/// training and quality of any trainer of the catalog.
/// </summary>
internal static class TrainerBenchmark
{
    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        var split = PairFiles.Load(ParquetFiles.Reader(), given.Text("data"), given.Text("test"), new PairColumns(Order: given.Optional("order")));
        var options = new TrainOptions { Algorithm = given.Text("algorithm") };
        options.Ease.Regularization = given.Double("lambda", options.Ease.Regularization);
        options.ItemKnn.Neighbors = given.Int("neighbors", options.ItemKnn.Neighbors);
        options.ItemKnn.Weighting = Enum.Parse<ItemKnnWeighting>(given.Text("weighting", "Cosine"), ignoreCase: true);
        int threads = given.Int("threads", Environment.ProcessorCount);
        int depth = given.Int("k", 20);
        var context = StageContext.Quiet(threads);
        long start = Stopwatch.GetTimestamp();
        var model = new TrainStage(options).Run(split.Train, context);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        start = Stopwatch.GetTimestamp();
        var (recall, ndcg) = HoldOutQuality.Of(model.ScorerFor(split.Train, context), split.Train.ByUser, split.Test, depth, threads);
        double retrieve = Stopwatch.GetElapsedTime(start).TotalSeconds;
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(
            $"{options.Algorithm}: {split.Train.Users} users x {split.Train.Items} items, {split.Train.Count} pairs; train {seconds:F1} s, "
            + $"retrieve {retrieve:F1} s, peak {process.PeakWorkingSet64 >> 20} MiB; recall@{depth} {recall:F4}, NDCG@{depth} {ndcg:F4}");
        return 0;
    }
}
