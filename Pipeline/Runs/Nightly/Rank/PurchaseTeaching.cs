using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>Learns from users' candidates which of them were bought.</summary>
/// <param name="names">Of the features.</param>
/// <param name="l2">See <see cref="RankOptions.L2"/>.</param>
internal sealed class PurchaseTeaching(string algorithm, string[] names, double l2, StageContext context)
{
    /// <param name="model">The ranker as ML.NET saves it.</param>
    public IRanker Teach(RankExample[] examples, Stream? model = null)
    {
        float[] rows = [.. examples.SelectMany(e => e.Rows)];
        var ranges = FeatureRange.Of(names, rows);
        FeatureRange.Apply(ranges, rows);
        bool[] labels = [.. examples.SelectMany(e => e.Labels)];
        int seed = (int)(context.Seed & int.MaxValue);
        return algorithm == LightGbmTraining.Name
            ? LightGbmTraining.Train(ranges, rows, labels, [.. examples.Select(e => e.Items.Length)], seed, model)
            : LogisticTraining.Train(ranges, rows, labels, l2, seed, model);
    }

    /// <summary>Scores of every second user by a ranker that the others taught, and the other way round.</summary>
    public float[][] CrossFit(RankExample[] taught, RankExample[] asked)
    {
        var scores = new float[asked.Length][];
        for (int fold = 0; fold < 2; fold++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            Score(Teach([.. taught.Where((_, at) => at % 2 != fold)]), asked, fold, scores);
        }
        return scores;
    }

    /// <summary>Writes the scores of every second user.</summary>
    /// <param name="fold">0 or 1: who is the first of them.</param>
    public static void Score(IRanker ranker, RankExample[] asked, int fold, float[][] scores)
    {
        for (int at = fold; at < asked.Length; at += 2)
        {
            var rows = (float[])asked[at].Rows.Clone();
            FeatureRange.Apply(ranker.Ranges, rows);
            ranker.Score(rows, scores[at] = new float[asked[at].Items.Length]);
        }
    }
}
