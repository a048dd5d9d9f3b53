using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Jobs.Cli.Demo;

/// <summary>
/// Chooses items whose neighbors are shown: the best sellers, leaving out what resembles one before. The choice depends on nothing but the data.
/// </summary>
internal static class SampleItems
{
    private const int Wanted = 5;

    /// <summary>Cosine from which two items are the same kind of thing.</summary>
    private const float Alike = 0.3f;

    public static IReadOnlyList<int> Choose(InteractionMatrix interactions, Catalog catalog, EmbeddingTable? text)
    {
        var chosen = new List<int>(Wanted);
        foreach (int item in Enumerable.Range(0, catalog.Items)
            .Where(i => catalog.Available[i] && catalog.Titles[i] is not null)
            .OrderByDescending(interactions.ByItem.RowLength)
            .ThenBy(i => i))
        {
            if (text is not null && chosen.Any(c => TensorPrimitives.Dot<float>(text.Vectors.Row(c), text.Vectors.Row(item)) >= Alike)) continue;
            chosen.Add(item);
            if (chosen.Count == Wanted) break;
        }
        return chosen;
    }
}
