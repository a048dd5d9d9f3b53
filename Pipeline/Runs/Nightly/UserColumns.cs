using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The user table as ingest left it: its segment and its further columns, each under its own name.</summary>
internal static class UserColumns
{
    /// <summary>What a stage takes from ingest for it.</summary>
    public static IReadOnlyList<string> Inputs(UserSourceOptions? users) => users is null ? []
        : users.Attributes.Count > 0 ? [IngestArtifacts.Segments, IngestArtifacts.UserAttributes]
        : [IngestArtifacts.Segments];

    /// <summary>Aligned with the user index; null where there is no user table.</summary>
    public static AttributeTable? Read(UserSourceOptions? users, string ingest)
    {
        if (users is null || IngestArtifacts.ReadSegments(ingest) is not { } segments) return null;
        var further = users.Attributes.Count > 0 ? IngestArtifacts.ReadAttributes(ingest, IngestArtifacts.UserAttributes) : null;
        var table = new AttributeTable([users.Segment!, .. further?.Columns ?? []], segments.Length);
        foreach (string column in further?.Columns ?? []) further![column].CopyTo(table[column], 0);
        segments.CopyTo(table[users.Segment!], 0);
        return table;
    }
}
