using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The user table as ingest left it: its segment and its further columns, each under its own name.</summary>
internal static class UserColumns
{
    /// <summary>What a stage takes from ingest for it.</summary>
    public static IReadOnlyList<string> Inputs(UserSourceOptions? users) => users is null ? []
        : users.Attributes.Count > 0 ? [IngestArtifacts.Segments, IngestArtifacts.UserAttributes]
        : [IngestArtifacts.Segments];

    /// <summary>The same, where a model that <paramref name="train"/> names, or leaves to a race, may go by it.</summary>
    public static IReadOnlyList<string> Inputs(UserSourceOptions? users, TrainOptions train) => Serve(train) ? Inputs(users) : [];

    /// <summary>A window whose users are known by their columns, where such a model may serve.</summary>
    public static HoldOut Known(HoldOut window, UserSourceOptions? users, TrainOptions train, string ingest) =>
        Serve(train) ? window with { Train = window.Train.WithUsers(Read(users, ingest)) } : window;

    /// <summary>Whether popularity may go by them.</summary>
    public static bool Serve(TrainOptions train) => train.IsAuto
        || train.Ensemble.Members.Values.Select(m => m.Popularity).Append(train.Popularity).Any(p => p.Segment.Length > 0);

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
