using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Benchmarks.EnsembleWeights;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>quality --train FILE --test FILE --config FILE [--k N] [--threads N] [--seed N] [--fit-users N]</c>: trains what a configuration's <c>Train</c> section
/// says and prints recall@K and NDCG@K of all users, with the seconds of training and of retrieval. With <c>--fit-users</c> an ensemble's weights are fitted on
/// so many users and printed. For choosing hyper-parameters on a hold-out; published figures come from <c>eval</c>.
/// </summary>
internal static class ModelQuality
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        PreferredObjectCreationHandling = System.Text.Json.Serialization.JsonObjectCreationHandling.Populate,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter() },
    };

    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        var split = PairFiles.Load(ParquetFiles.Reader(), given.Text("train"), given.Text("test"));
        using var document = JsonDocument.Parse(
            File.ReadAllBytes(given.Text("config")), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var options = document.RootElement.GetProperty("Train").Deserialize<TrainOptions>(s_json)!;
        var check = new OptionsCheck("Train");
        options.Validate(check);
        check.ThrowIfAny();
        int threads = given.Int("threads", Environment.ProcessorCount);
        var context = StageContext.Quiet(threads, (ulong)given.Int("seed", 42)) with { Progress = new Lines() };
        long start = context.Time.GetTimestamp();
        var model = new TrainStage(options).Run(split.Train, context);
        double trained = context.Time.GetElapsedTime(start).TotalSeconds;
        if (given.Int("fit-users", 0) is > 0 and var users && model is EnsembleModel ensemble)
        {
            var fit = EnsembleFit.Run(ensemble, split.HoldOut, new EnsembleFitOptions(users, given.Int("k", 20)), context);
            Console.WriteLine(
                $"fitted weights {string.Join(", ", fit.Weights.Select(w => $"{w.Key} {w.Value:F2}"))}: NDCG {fit.Before:F4} before, {fit.After:F4} after, "
                + $"on the users they were fitted on");
        }
        var scorer = model.ScorerFor(split.Train, context);
        var (recall, ndcg) = HoldOutQuality.Of(scorer, split.Train.ByUser, split.Test, given.Int("k", 20), threads);
        double all = context.Time.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"recall {recall:F4} NDCG {ndcg:F4}; {split.Train.Users} users, {split.Train.Items} items, {split.Train.Count} pairs; train {trained:F1} s, "
            + $"retrieve {all - trained:F1} s, peak {Environment.WorkingSet >> 20} MiB"));
        return 0;
    }

    private sealed class Lines : IStageProgress
    {
        public void Step(string step, long done, long total, string unit)
        {
        }

        public void Metric(string name, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name} = {value:G6}"));

        public void Note(string message) => Console.WriteLine("  " + message);
    }
}
