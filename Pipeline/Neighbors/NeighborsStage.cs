using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>
/// The nearest items of every item: by the model's factors (<c>cf</c>: bought by the same people), by text (<c>text</c>: the same kind of thing), and by both
/// (<c>blend</c>). Exact, by cosine, ties to the smaller index. Items that may not be recommended are nobody's neighbors, but have neighbors themselves.
/// </summary>
internal sealed class NeighborsStage(NeighborsOptions options)
{
    /// <param name="model">Items in the model's space; null where it has none.</param>
    /// <param name="text">Items in text's space; null where nothing was embedded.</param>
    /// <param name="support">What a pair by purchases must have; null: nothing.</param>
    public IReadOnlyList<NeighborLists> Run(EmbeddingTable? model, EmbeddingTable? text, Catalog catalog, StageContext context, PairSupport? support = null)
    {
        if (options.Count == 0) return [];
        var spaces = new List<(string Source, EmbeddingTable Space)>();
        if (model is not null) spaces.Add((NeighborLists.Cf, model));
        if (text is not null) spaces.Add((NeighborLists.Text, text));
        if (model is not null && text is not null) spaces.Add((NeighborLists.Blend, SideBySide(model, text, options.TextWeight)));
        var lists = new List<NeighborLists>();
        foreach (var (source, space) in spaces)
        {
            var nearest = new NearestItems(
                space, catalog.Available, options.DistinctText ? catalog.TextHashes : null, options.Count, (float)options.MinScore,
                source == NeighborLists.Text ? null : support);
            lists.Add(nearest.Find(source, context));
            context.Progress.Step("neighbors", lists.Count, spaces.Count, "sources");
            context.Progress.Metric($"neighbors.{source}", lists[^1].Items.Length);
        }
        return lists;
    }

    /// <summary>
    /// Both vectors of an item one behind the other, weighted so that the cosine of two items known to both spaces is <c>(1 - w) cos_model + w cos_text</c>. An
    /// item that one space knows nothing of has the other's vector alone, and so is compared by what there is.
    /// </summary>
    internal static EmbeddingTable SideBySide(EmbeddingTable model, EmbeddingTable text, double textWeight)
    {
        var rows = new FactorMatrix(model.Items, model.Dimension + text.Dimension);
        float a = (float)Math.Sqrt(1 - textWeight), b = (float)Math.Sqrt(textWeight);
        for (int i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            var left = model.Vectors.Row(i);
            var right = text.Vectors.Row(i);
            for (int k = 0; k < left.Length; k++) row[k] = a * left[k];
            for (int k = 0; k < right.Length; k++) row[left.Length + k] = b * right[k];
        }
        return EmbeddingTable.Normalize(rows);
    }
}
