using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>
/// What is known of an item as one row: its words, then each view, every part weighed, the whole of unit length. An item of which nothing is known has a row of
/// zeros.
/// </summary>
internal static class ItemFeatures
{
    // A stage trains on the same content more than once, and the directions of its words take as long as a small training: the last are kept.
    private static readonly ConditionalWeakTable<ItemContent, Known> s_known = [];

    /// <summary>items x features, which nobody changes; null where nothing is known of any item.</summary>
    public static FactorMatrix? Of(ItemContent content, TextOptions options, StageContext context)
    {
        if (s_known.TryGetValue(content, out var known) && known.Is(options, context.Seed)) return known.Features;
        var features = Made(content, options, context);
        s_known.AddOrUpdate(content, new Known(options.Rank, options.ViewShare, context.Seed, features));
        return features;
    }

    private static FactorMatrix? Made(ItemContent content, TextOptions options, StageContext context)
    {
        var parts = new List<(FactorMatrix Rows, float Weight)>();
        double words = Math.Max(0, 1 - options.ViewShare * content.Views.Count);
        if (options.Rank > 0 && LexicalFeatures.Of(content.Texts, options.Rank, context) is { } lexical)
            parts.Add((lexical, (float)Math.Sqrt(words > 0 ? words : options.ViewShare)));
        if (options.ViewShare > 0)
            foreach (var view in content.Views) parts.Add((view.Embeddings.Vectors, (float)Math.Sqrt(options.ViewShare)));
        if (parts.Count == 0) return null;
        var rows = new FactorMatrix(content.Texts.Length, parts.Sum(p => p.Rows.Rank));
        int at = 0;
        foreach (var (part, weight) in parts)
        {
            if (part.Rows != rows.Rows)
                throw new RunFailedException($"a view of the items has {part.Rows} rows, the catalog {rows.Rows} items; embed the present catalog");
            for (int item = 0; item < rows.Rows; item++)
            {
                var from = part.Row(item);
                var to = rows.Row(item).Slice(at, from.Length);
                for (int k = 0; k < from.Length; k++) to[k] = weight * from[k];
            }
            at += part.Rank;
        }
        return EmbeddingTable.Normalize(rows).Vectors;
    }

    private sealed record Known(int Rank, double ViewShare, ulong Seed, FactorMatrix? Features)
    {
        public bool Is(TextOptions options, ulong seed) => Rank == options.Rank && ViewShare.Equals(options.ViewShare) && Seed == seed;
    }
}
