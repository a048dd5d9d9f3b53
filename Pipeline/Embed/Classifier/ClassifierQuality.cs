using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary>What a classifier did on held-out texts, with Wilson's 95% intervals.</summary>
/// <param name="Categories">Labels that were learned.</param>
/// <param name="Learned">Different texts with a label, those that were held out among them.</param>
/// <param name="Tested">Held-out texts; those whose category is too small to be learned count as wrong.</param>
/// <param name="Accuracy">Share whose likeliest label is theirs.</param>
/// <param name="Largest">Share of the label that most held-out texts are of: what calling each the same would reach.</param>
/// <param name="Predicted">Share with a prediction at or above the threshold.</param>
/// <param name="Precision">Share of the predictions that are the text's category or one above it; null where there are none.</param>
internal sealed record ClassifierQuality(int Categories, int Learned, int Tested, Interval Accuracy, double Largest, Interval Predicted, Interval? Precision)
{
    /// <summary>Surely above calling all texts the same, and of predictions surely a large enough share is right.</summary>
    public bool Passes(ClassifierOptions options) => Accuracy.Low > Largest && Precision is { } precision && precision.Low >= options.MinPrecision;

    /// <param name="tested">Path, label and the labels' chances of each held-out text.</param>
    public static ClassifierQuality Of(
        CategoryLabels labels, int learned, IReadOnlyList<(string Path, int Label, double[] Chances)> tested, ClassifierOptions options)
    {
        int hits = 0, predicted = 0, right = 0;
        foreach (var (path, label, chances) in tested)
        {
            if (label == Array.IndexOf(chances, chances.Max())) hits++;
            if (labels.Deepest(chances, options.Threshold).Path is not { } told) continue;
            predicted++;
            if (CategoryLabels.Holds(told, path)) right++;
        }
        double largest = tested.Where(t => t.Label >= 0).GroupBy(t => t.Label).Max(g => g.Count()) / (double)tested.Count;
        return new ClassifierQuality(
            labels.Names.Length, learned, tested.Count, ShareInterval.Of(hits, tested.Count), largest, ShareInterval.Of(predicted, tested.Count),
            predicted == 0 ? null : ShareInterval.Of(right, predicted));
    }

    /// <summary>The same in words.</summary>
    public override string ToString()
    {
        string right = Precision is { } p ? string.Create(CultureInfo.InvariantCulture, $", of which {p.Value:F3} ({p.Low:F3}-{p.High:F3}) are right") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"on {Tested:N0} held-out texts accuracy {Accuracy.Value:F3} ({Accuracy.Low:F3}-{Accuracy.High:F3}) beside {Largest:F3} of the largest of "
            + $"{Categories:N0} categories; {Predicted.Value:P0} get a prediction{right}");
    }
}
