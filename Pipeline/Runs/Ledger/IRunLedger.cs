using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>Row of <c>runs</c>.</summary>
internal sealed record LedgerRun(
    string RunId, string Job, RunState State, DateTimeOffset Started, DateTimeOffset? Ended, int Attempts, ulong Seed, int Threads, string PlanHash,
    string? Version, string? Message);

/// <summary>Row of <c>run_stages</c>.</summary>
internal sealed record LedgerStage(
    string RunId, string Stage, StageState State, string Hash, string Reason, string? FromRun, DateTimeOffset Started, double Seconds, long OutputBytes,
    string? Message);

/// <summary>Row of <c>run_metrics</c>.</summary>
internal sealed record LedgerMetric(string RunId, string Stage, string Name, double Value);

/// <summary>Row of <c>quality_checks</c>.</summary>
internal sealed record LedgerCheck(string RunId, string Stage, ConstraintResult Result);

/// <summary>Row of <c>quarantine</c>: rows of one file set aside for one reason.</summary>
/// <param name="SampleRows">Zero-based numbers of the first such rows.</param>
internal sealed record LedgerQuarantine(string RunId, string File, string Reason, long Rows, IReadOnlyList<long> SampleRows);

/// <summary>What operators and the console read about runs. Every engine behind it passes the same contract tests.</summary>
internal interface IRunLedger
{
    /// <summary>Inserts the run, or updates the row of one that is taken up again.</summary>
    void Save(LedgerRun run);

    /// <summary>Closes runs still marked running, save <paramref name="except"/>: only one run may work on a store, so their process died.</summary>
    void CloseAbandoned(string? except, DateTimeOffset now);

    /// <summary>Replaces the stage's row and, with it, its metrics and checks.</summary>
    void Save(LedgerStage stage, IReadOnlyDictionary<string, double> metrics, IReadOnlyList<ConstraintResult> checks);

    /// <summary>Replaces the run's quarantine summary.</summary>
    void SaveQuarantine(string runId, IReadOnlyList<LedgerQuarantine> rows);

    /// <summary>The newest <paramref name="limit"/> runs, newest first.</summary>
    IReadOnlyList<LedgerRun> Runs(int limit);

    /// <summary>Runs that pass a filter, newest first.</summary>
    IReadOnlyList<LedgerRun> Runs(RunFilter filter);

    LedgerRun? Run(string runId);

    /// <summary>Stages of a run in the order in which they were saved.</summary>
    IReadOnlyList<LedgerStage> Stages(string runId);

    IReadOnlyList<LedgerMetric> Metrics(string runId);

    IReadOnlyList<LedgerCheck> Checks(string runId);

    IReadOnlyList<LedgerQuarantine> Quarantine(string runId);

    /// <summary>Values of one metric over the newest finished runs that made it themselves, newest first.</summary>
    IReadOnlyList<double> History(string stage, string metric, int limit);

    /// <summary>Values of one check over the newest runs whose stage made it itself and finished, newest first.</summary>
    IReadOnlyList<double> CheckHistory(string name, int limit);
}
