using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>
/// <c>category_lists</c>: what is popular, trending, new, well rated and on sale in each category, those above others included (<c>GROCERY</c> beside
/// <c>GROCERY/CHEESE</c>); by clusters of text where the catalog has no categories.
/// </summary>
internal sealed class CategoryListsPlace(ListsOptions options) : IPlace
{
    private const int CategoriesAtOnce = 256;

    /// <summary>Longest path in UTF-8: databases bound their keys.</summary>
    private const int MaxPathBytes = 1_024;

    public PlaceTable Table => PlaceTables.CategoryLists;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:Lists:Count is 0"
        : inputs.NeedsNoise ? "Privacy:Epsilon is set, and the customers of an item are counted without noise"
        : Array.TrueForAll(inputs.Catalog.Categories, string.IsNullOrEmpty)
            ? "items have no category (Ingest:Items:Columns:Category), and no text that could stand in (Embed:Clusters)"
            : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var kinds = new ItemKinds(inputs, options);
        var categories = ItemsByCategory(inputs.Catalog);
        var lists = new KindLists(kinds, options, inputs, rows, "categories");
        foreach (var piece in categories.Chunk(CategoriesAtOnce))
        {
            var found = new ListCandidates[piece.Length][];
            context.ForEachPiece(piece.Length, c => found[c] =
                [.. kinds.Names.Select(kind => ListCandidates.Of(piece[c].Items, item => kinds.Score(kind, item, kinds.Overall), options.Candidates))]);
            lists.Put([.. piece.Select(p => p.Path)], found);
        }
        return lists.Note;
    }

    /// <summary>Items below each path and each path above one, in ordinal order of the paths' UTF-8. Memory: 4 bytes an item and level.</summary>
    private static List<(string Path, List<int> Items)> ItemsByCategory(Catalog catalog)
    {
        var found = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (int item = 0; item < catalog.Items; item++)
        {
            if (catalog.Categories[item] is not { Length: > 0 } path || !catalog.Available[item]) continue;
            for (int end = path.IndexOf('/', StringComparison.Ordinal); ; end = path.IndexOf('/', end + 1))
            {
                string node = end < 0 ? path : path[..end];
                if (node.Length > 0)
                {
                    if (!found.TryGetValue(node, out var items)) found[node] = items = [];
                    items.Add(item);
                }
                if (end < 0) break;
            }
        }
        (byte[] Utf8, string Path)[] paths = [.. found.Keys.Select(p => (Encoding.UTF8.GetBytes(p), p)).Where(p => p.Item1.Length <= MaxPathBytes)];
        Array.Sort(paths, (a, b) => a.Utf8.AsSpan().SequenceCompareTo(b.Utf8));
        return [.. paths.Select(p => (p.Path, found[p.Path]))];
    }
}
