using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary>Different texts, in the order of their hashes, and the category that each is of.</summary>
/// <param name="Vectors">A row a text, of unit length.</param>
internal sealed record LabelledTexts(FactorMatrix Vectors, string[] Paths);

/// <summary>
/// Learns categories from texts that have one. A fifth of each category's texts is held out by a seeded draw; where what was learned from the others passes,
/// all of them make the classifier that serves. No text is on both sides, so an item that is called like another one says nothing here.
/// </summary>
internal static class CategoryTraining
{
    private const double HeldOut = 0.2;

    private const int Iterations = 50;

    /// <returns>The classifier, null where it does not serve; what it did on held-out texts, null where nothing could be learned.</returns>
    public static (CategoryClassifier? Classifier, ClassifierQuality? Quality) Of(LabelledTexts texts, ClassifierOptions options, StageContext context)
    {
        var labels = CategoryLabels.Of(texts.Paths, options.MinTexts, options.MaxCategories);
        if (labels.Names.Length < 2) return (null, null);
        int[] labelOf = Array.ConvertAll(texts.Paths, labels.LabelOf);
        bool[] held = Draw(labelOf, labels.Names.Length, context.Seed);
        var tried = Train([.. Texts(labelOf).Where(t => !held[t])]);
        var chances = new double[labelOf.Length][];
        context.ForEachPiece(chances.Length, t =>
        {
            if (held[t]) chances[t] = tried.Chances(texts.Vectors.Row(t));
        });
        var quality = ClassifierQuality.Of(
            labels, labelOf.Count(l => l >= 0), [.. Enumerable.Range(0, held.Length).Where(t => held[t]).Select(t => (texts.Paths[t], labelOf[t], chances[t]))],
            options);
        bool serves = options.Use == ClassifierUse.On || quality.Passes(options);
        return (serves ? Train([.. Texts(labelOf)]) : null, quality);

        CategoryClassifier Train(int[] some)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int width = texts.Vectors.Rank;
            var rows = new float[some.Length * width];
            for (int n = 0; n < some.Length; n++) CategoryClassifier.Scale(texts.Vectors.Row(some[n]), rows.AsSpan(n * width, width));
            return new CategoryClassifier(labels, MaximumEntropy.Train(
                rows, Array.ConvertAll(some, t => labelOf[t]), labels.Names.Length, options.L2, Iterations, (int)(context.Seed & int.MaxValue)));
        }
    }

    /// <summary>Texts with a label.</summary>
    private static IEnumerable<int> Texts(int[] labelOf) => Enumerable.Range(0, labelOf.Length).Where(t => labelOf[t] >= 0);

    /// <summary>Of each label a fifth, at least one and never all; of texts without one a fifth too, which nobody can tell.</summary>
    private static bool[] Draw(int[] labelOf, int labels, ulong seed)
    {
        var random = new SplitMix64(seed, "category hold-out");
        var held = new bool[labelOf.Length];
        for (int label = -1; label < labels; label++)
        {
            int[] of = [.. Enumerable.Range(0, labelOf.Length).Where(t => labelOf[t] == label)];
            int count = of.Length == 0 ? 0 : Math.Max(1, (int)Math.Round(HeldOut * of.Length));
            for (int k = 0; k < count; k++)
            {
                int pick = k + random.NextInt(of.Length - k);
                (of[k], of[pick]) = (of[pick], of[k]);
                held[of[k]] = true;
            }
        }
        return held;
    }
}
