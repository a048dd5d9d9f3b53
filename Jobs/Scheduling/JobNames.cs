using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>The jobs that a schedule or a person may start.</summary>
internal static class JobNames
{
    public const string Nightly = RunRequest.Nightly;
    public const string Rollback = "rollback";
    public const string Prune = "prune";

    /// <summary>The jobs that are a run of stages. A search of options, and a tuned encoder, are for somebody who waits for them.</summary>
    public static IReadOnlyList<string> Runs { get; } =
        [Nightly, RunRequest.Delta, .. StageNames.All.Where(s => s is not (StageNames.Tune or StageNames.TuneEncoder))];

    public static IReadOnlyList<string> All { get; } = [.. Runs, Rollback, Prune];
}
