using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

internal enum RunState
{
    Running,
    Finished,
    Refused,
    Failed,
    Cancelled,
}

/// <param name="Folder">Where the stage's outputs lie: this run's folder, or the one it reused.</param>
internal sealed record StageReport(string Stage, StageState State, string Reason, TimeSpan Took, string Folder, StageManifest? Manifest);

/// <summary>What a run came to.</summary>
/// <param name="Version">The version that publish switched to; null where the run ended before.</param>
internal sealed record RunReport(string RunId, string Job, RunState State, TimeSpan Took, IReadOnlyList<StageReport> Stages, string? Version, string? Message)
{
    public IEnumerable<ConstraintResult> Checks => Stages.SelectMany(s => s.Manifest?.Checks ?? []);

    /// <summary>Metric <paramref name="name"/> of <paramref name="stage"/>, made by this run or by the one it reused; null where there is none.</summary>
    public double? Metric(string stage, string name) =>
        Stages.FirstOrDefault(s => s.Stage == stage)?.Manifest is { } m && m.Metrics.TryGetValue(name, out double value) ? value : null;
}

/// <summary>What a run would do with one stage.</summary>
internal sealed record StagePlan(string Stage, bool Runs, string Reason, string? FromRun)
{
    /// <summary>What earlier runs say of it; null where it would not run or none did its work.</summary>
    public StageEstimate? Estimate { get; init; }

    /// <summary>What lies in its sources; null for a stage without.</summary>
    public SourceSize? Source { get; init; }
}
