using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// By what exposure and accuracy are told apart: categories, brands, segments, and every further column that the tables of items and users map.
/// </summary>
internal static class EvaluatedGroups
{
    /// <summary>What the stage takes from ingest for it.</summary>
    public static IEnumerable<string> Inputs(IngestOptions ingest)
    {
        if (HasItemColumns(ingest)) yield return IngestArtifacts.ItemAttributes;
        if (ingest.Users is not null) yield return IngestArtifacts.Segments;
        if (HasUserColumns(ingest)) yield return IngestArtifacts.UserAttributes;
    }

    public static IReadOnlyList<Grouping> OfItems(IngestOptions ingest, string folder, Catalog catalog) =>
    [
        .. Named("category", [.. catalog.Categories.Select(c => c?.Split('/')[0])]),
        .. Named("brand", catalog.Brands),
        .. Columns(HasItemColumns(ingest), folder, IngestArtifacts.ItemAttributes),
    ];

    public static IReadOnlyList<Grouping> OfUsers(IngestOptions ingest, string folder) =>
    [
        .. Named("segment", ingest.Users is null ? [] : IngestArtifacts.ReadSegments(folder) ?? []),
        .. Columns(HasUserColumns(ingest), folder, IngestArtifacts.UserAttributes),
    ];

    private static bool HasItemColumns(IngestOptions ingest) => ingest.Items is { } items && items.Columns.ForRules().Count > 0;

    private static bool HasUserColumns(IngestOptions ingest) => ingest.Users is { Attributes.Count: > 0 };

    private static IEnumerable<Grouping> Columns(bool isMapped, string folder, string file)
    {
        if (!isMapped || IngestArtifacts.ReadAttributes(folder, file) is not { } table) return [];
        return table.Columns.SelectMany(c => Named(c, table[c]));
    }

    private static IEnumerable<Grouping> Named(string by, string?[] names) => names.Any(n => !string.IsNullOrEmpty(n)) ? [new Grouping(by, names)] : [];
}
