using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>
/// Learns what positive and negative reviews say from those that are rated: regularization is chosen on a fifth of what comes before the newest fifth, the
/// newest fifth tests, and all of them make the model that serves. Where no row has a time, a hash of the text takes its place.
/// </summary>
internal static class SentimentTraining
{
    /// <summary>Reviews of each class that there must be.</summary>
    public const int MinOfClass = 50;

    /// <summary>Held-out reviews of each class that there must be.</summary>
    private const int MinTested = 10;

    private static readonly double[] Regularizations = [0.001, 0.01, 0.1, 1];

    /// <param name="rated">Positions of reviews that say one or the other.</param>
    /// <param name="positive">By position among <paramref name="rated"/>.</param>
    /// <param name="vectorOf">Row of a review's vector.</param>
    /// <returns>Model and quality; neither where there is too little to learn from.</returns>
    public static (SentimentModel? Model, SentimentQuality? Quality) Of(
        ReviewLog log, int[] rated, bool[] positive, EmbeddingTable vectors, int[] vectorOf)
    {
        int[] order =
        [
            .. Enumerable.Range(0, rated.Length).OrderBy(k => log.Rows[rated[k]].Second).ThenBy(k => Hash(log.Rows[rated[k]].Text!)).ThenBy(k => rated[k]),
        ];
        int test = order.Length - order.Length / 5, valid = test - test / 5;
        // A text that was learned from says nothing of how others are told apart.
        var learned = order[..test].Select(k => log.Rows[rated[k]].Text!).ToHashSet(StringComparer.Ordinal);
        int[] held = [.. order[test..].Where(k => !learned.Contains(log.Rows[rated[k]].Text!))];
        if (Fewest(order[..valid]) == 0 || Fewest(order) < MinOfClass || Fewest(held) < MinTested || test == valid) return (null, null);

        double best = double.PositiveInfinity, chosen = Regularizations[0];
        foreach (double l2 in Regularizations)
        {
            var model = Train(order[..valid], l2);
            double loss = order[valid..test].Sum(k => -Math.Log(Math.Clamp(positive[k] ? Of(model, k) : 1 - Of(model, k), 1e-12, 1)));
            if (loss >= best) continue;
            (best, chosen) = (loss, l2);
        }
        var before = Train(order[..test], chosen);
        double share = (double)order[..test].Count(k => positive[k]) / test;
        var quality = SentimentQuality.Of(test, [.. held.Select(k => Of(before, k))], [.. held.Select(k => positive[k])], share);
        return (Train(order, chosen), quality);

        int Fewest(int[] some) => Math.Min(some.Count(k => positive[k]), some.Count(k => !positive[k]));

        SentimentModel Train(int[] some, double l2)
        {
            var rows = new float[some.Length * vectors.Dimension];
            for (int n = 0; n < some.Length; n++) vectors.Vectors.Row(vectorOf[rated[some[n]]]).CopyTo(rows.AsSpan(n * vectors.Dimension));
            return SentimentModel.Train(rows, [.. some.Select(k => positive[k])], l2);
        }

        double Of(SentimentModel model, int k) => model.Probability(vectors.Vectors.Row(vectorOf[rated[k]]));
    }

    /// <summary>FNV-1a: equal in every process.</summary>
    private static ulong Hash(string text)
    {
        ulong hash = 14_695_981_039_346_656_037;
        foreach (char c in text) hash = (hash ^ c) * 1_099_511_628_211;
        return hash ^ (hash >> 32);
    }
}
