using System.Globalization;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Alerts;

/// <summary>
/// What the ledger gives cause to tell. An alert's id is made of its cause, so that the same cause, seen by whichever host and however often, is one alert.
/// </summary>
internal sealed class AlertRules(AlertsOptions options, IRunLedger ledger, IOperationsLedger operations, TimeProvider time)
{
    private const int AlertLookback = 200;
    private const int MinRuns = 3;
    private const string QuarantineCheck = "data.quarantine_share";

    /// <summary>All alerts that hold now, oldest cause first; those raised before are among them.</summary>
    public IReadOnlyList<LedgerAlert> Due()
    {
        var now = time.GetUtcNow();
        var runs = ledger.Runs(AlertLookback);
        var executions = operations.Executions(AlertLookback);
        return [.. Ended(executions, runs, now).Concat(Stale(runs, now)).Concat(Quarantine(runs, now)).OrderBy(a => a.Raised).ThenBy(a => a.Id, StringComparer.Ordinal)];
    }

    private IEnumerable<LedgerAlert> Ended(IReadOnlyList<LedgerExecution> executions, IReadOnlyList<LedgerRun> runs, DateTimeOffset now)
    {
        foreach (var e in executions)
            if (e.State is ExecutionState.Failed or ExecutionState.Refused && e.Ended is { } ended && now - ended <= options.Lookback)
                yield return Alert(e.State == ExecutionState.Refused, $"{e.Id}-{e.Attempt}", ended, e.Job, e.Message, e.RunId);
        // Runs from a command line have no execution. While one is at work its run may not be tied to it yet.
        if (executions.Any(e => e.State is ExecutionState.Queued or ExecutionState.Running)) yield break;
        var tied = executions.Select(e => e.RunId).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var r in runs)
            if (r.State is RunState.Failed or RunState.Refused && r.Ended is { } ended && now - ended <= options.Lookback && !tied.Contains(r.RunId))
                yield return Alert(r.State == RunState.Refused, $"{r.RunId}-{r.Attempts}", ended, r.Job, r.Message, r.RunId);
    }

    private static LedgerAlert Alert(bool refused, string cause, DateTimeOffset at, string job, string? message, string? runId) => refused
        ? new LedgerAlert($"refused-{cause}", at, "refused", $"A gate refused {job}", message ?? "The lists of the night before stay in place.", runId, false, null)
        : new LedgerAlert($"failure-{cause}", at, "failure", $"{Capital(job)} failed", message ?? "The run's log says why.", runId, false, null);

    private IEnumerable<LedgerAlert> Stale(IReadOnlyList<LedgerRun> runs, DateTimeOffset now)
    {
        // Before the first night ever there is nothing to grow stale.
        if (runs.Where(r => r.Job == RunRequest.Nightly && r.State == RunState.Finished && r.Ended is not null).MaxBy(r => r.Ended) is not { } last) yield break;
        int times = (int)((now - last.Ended!.Value) / options.StaleAfter);
        if (times < 1) yield break;
        yield return new LedgerAlert(
            string.Create(CultureInfo.InvariantCulture, $"stale-{last.RunId}-{times}"), last.Ended.Value + times * options.StaleAfter, "stale", "The lists are stale",
            string.Create(CultureInfo.InvariantCulture, $"No nightly run has finished since {last.Ended:yyyy-MM-dd HH:mm} UTC; expected one within {options.StaleAfter.TotalHours:0.#} hours."), last.RunId, false, null);
    }

    private IEnumerable<LedgerAlert> Quarantine(IReadOnlyList<LedgerRun> runs, DateTimeOffset now)
    {
        if (runs.FirstOrDefault(r => r.Ended is not null && ledger.Checks(r.RunId).Any(IsShare)) is not { } newest || now - newest.Ended > options.Lookback) yield break;
        var history = ledger.CheckHistory(QuarantineCheck, options.QuarantineNights + 1);
        double share = ledger.Checks(newest.RunId).First(IsShare).Result.Value;
        var before = history.SkipWhile((value, at) => at == 0 && value.Equals(share)).Order().ToArray();
        if (before.Length < MinRuns || share < options.QuarantineShare) yield break;
        double median = (before[(before.Length - 1) / 2] + before[before.Length / 2]) / 2;
        if (share < median * options.QuarantineFactor) yield break;
        yield return new LedgerAlert(
            $"quarantine-{newest.RunId}", newest.Ended!.Value, "quarantine", "More rows were quarantined than usual",
            string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0}% of the new rows, against {median * 100:0.0}% in the median of the {before.Length} nights before."), newest.RunId, false, null);
    }

    private static bool IsShare(LedgerCheck check) => check.Result.Name == QuarantineCheck && double.IsFinite(check.Result.Value);

    private static string Capital(string job) => job.Length == 0 ? job : char.ToUpperInvariant(job[0]) + job[1..];
}
