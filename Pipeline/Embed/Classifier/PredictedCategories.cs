using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary>Categories that a classifier gave to items without one.</summary>
/// <param name="Categories">By item: the shop's own, or predicted; null where there is neither.</param>
/// <param name="Confidence">By item: the probability of a predicted category, NaN where it is the shop's own or there is none.</param>
internal sealed record PredictedCategories(string?[] Categories, float[] Confidence, ClassifierReport Report)
{
    private const int BlockItems = 256;

    /// <summary>
    /// Learns from the texts of items with a category and tells those without. What is learned from is read without the category's own words, which
    /// items without one lack.
    /// </summary>
    /// <param name="text">The items' vectors.</param>
    /// <param name="fields">What of an item is embedded.</param>
    /// <param name="vectorsOf">Texts to vectors by the encoder that the items' are of; a row of zeros where it does not understand a text.</param>
    /// <returns>Null where no item that the encoder understands lacks a category, or all do.</returns>
    public static PredictedCategories? Of(
        Catalog catalog, EmbeddingTable text, IEnumerable<string> fields, Func<IReadOnlyList<string>, FactorMatrix> vectorsOf, ClassifierOptions options,
        StageContext context)
    {
        int[] missing =
        [
            .. Enumerable.Range(0, catalog.Items).Where(i => string.IsNullOrEmpty(catalog.Categories[i]) && text.Vectors.Row(i).ContainsAnyExcept(0f)),
        ];
        if (options.IsOff || missing.Length == 0 || Array.TrueForAll(catalog.Categories, string.IsNullOrEmpty)) return null;
        var texts = Labelled(catalog, fields, vectorsOf, options.MaxTexts);
        var (classifier, quality) = texts is null ? (null, null) : CategoryTraining.Of(texts, options, context);
        var (categories, confidence) = ((string?[])catalog.Categories.Clone(), new float[catalog.Items]);
        confidence.AsSpan().Fill(float.NaN);
        if (classifier is not null)
        {
            context.ForEachPiece((missing.Length + BlockItems - 1) / BlockItems, block =>
            {
                foreach (int item in missing.AsSpan(block * BlockItems, Math.Min(BlockItems, missing.Length - block * BlockItems)))
                {
                    var (path, probability) = classifier.Labels.Deepest(classifier.Chances(text.Vectors.Row(item)), options.Threshold);
                    if (path is not null) (categories[item], confidence[item]) = (path, (float)probability);
                }
            });
        }
        int predicted = confidence.Count(c => !float.IsNaN(c));
        return new PredictedCategories(categories, confidence, new ClassifierReport(missing.Length, predicted, Why(classifier, quality, options), quality));
    }

    /// <summary>Says it to the ledger and the log.</summary>
    public void Tell(IStageProgress progress)
    {
        progress.Metric("categories.missing", Report.Missing);
        progress.Metric("categories.predicted", Report.Predicted);
        if (Report.Quality is { } quality)
        {
            progress.Metric("categories.accuracy", quality.Accuracy.Value);
            progress.Metric("categories.largest", quality.Largest);
            if (quality.Precision is { } precision) progress.Metric("categories.precision", precision.Value);
        }
        progress.Note(
            $"categories: {Report.Predicted} of {Report.Missing} items without one got a predicted one{(Report.Quality is { } q ? $"; {q}" : "")}; "
            + Report.Why);
    }

    private static string Why(CategoryClassifier? classifier, ClassifierQuality? quality, ClassifierOptions options) =>
        quality is null ? $"nothing can be learned: expected two categories of {options.MinTexts} different texts (Embed:Classifier:MinTexts)"
        : options.Use == ClassifierUse.On ? "as configured"
        : classifier is not null ? "predictions are surely good enough (Embed:Classifier:MinPrecision)"
        : "they stay empty, since predictions are not surely good enough (Embed:Classifier:MinPrecision)";

    private static LabelledTexts? Labelled(Catalog catalog, IEnumerable<string> fields, Func<IReadOnlyList<string>, FactorMatrix> vectorsOf, int most)
    {
        string?[] said = ItemText.Of(catalog, fields.Where(f => f != ItemText.Category));
        // In one order, whatever the order of the items.
        var paths = new SortedDictionary<TextKey, (string Text, Dictionary<string, int> Items)>();
        for (int i = 0; i < said.Length; i++)
        {
            if (said[i] is not { } one || catalog.Categories[i] is not { Length: > 0 } path) continue;
            var key = TextKey.Of(one);
            if (!paths.TryGetValue(key, out var of)) paths[key] = of = (one, new Dictionary<string, int>(StringComparer.Ordinal));
            of.Items[path] = of.Items.GetValueOrDefault(path) + 1;
        }
        var drawn = paths.Values.Take(most).ToArray();
        if (drawn.Length == 0) return null;
        var vectors = vectorsOf([.. drawn.Select(d => d.Text)]);
        int[] read = [.. Enumerable.Range(0, drawn.Length).Where(t => vectors.Row(t).ContainsAnyExcept(0f))];
        var rows = new FactorMatrix(read.Length, vectors.Rank);
        for (int t = 0; t < read.Length; t++) vectors.Row(read[t]).CopyTo(rows.Row(t));
        // Items of one text in several categories: what most of them are.
        return new LabelledTexts(rows, Array.ConvertAll(
            read, t => drawn[t].Items.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).First().Key));
    }
}
