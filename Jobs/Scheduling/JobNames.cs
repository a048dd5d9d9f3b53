namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>The jobs that a schedule or a person may start.</summary>
internal static class JobNames
{
    public const string Nightly = "nightly";
    public const string Delta = "delta";
    public const string Ingest = "ingest";
    public const string Embed = "embed";
    public const string Train = "train";
    public const string Rank = "rank";
    public const string Evaluate = "evaluate";
    public const string Sweep = "sweep";
    public const string Neighbors = "neighbors";
    public const string Materialize = "materialize";
    public const string Publish = "publish";
    public const string Feedback = "feedback";
    public const string Rollback = "rollback";
    public const string Prune = "prune";

    /// <summary>The jobs that are a run of stages.</summary>
    public static IReadOnlyList<string> Runs { get; } =
        [Nightly, Delta, Ingest, Embed, Train, Rank, Evaluate, Sweep, Neighbors, Materialize, Publish, Feedback];

    public static IReadOnlyList<string> All { get; } = [.. Runs, Rollback, Prune];
}
