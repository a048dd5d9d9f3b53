using System.Globalization;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Alerts;

/// <summary>
/// What ledger and jobs give cause to tell. An alert's id is made of its cause, so that the same cause, seen by whichever host and however often, is one alert.
/// </summary>
internal sealed class AlertRules(
    AlertsOptions options, IRunLedger ledger, OperationsLedger operations, IJobScheduler scheduler, IOutputStore store, TimeProvider time, ZoneClock clock)
{
    private const int AlertLookback = 200;
    private const int JobLookback = 50;
    private const int MinRuns = 3;
    private const int NightsOfHabit = 7;
    private const string QuarantineCheck = "data.quarantine_share";

    /// <summary>All alerts that hold now, oldest cause first; those raised before are among them.</summary>
    public IReadOnlyList<LedgerAlert> Due()
    {
        var now = time.GetUtcNow();
        var runs = ledger.Runs(AlertLookback);
        return [.. FailedJobs(now).Concat(FailedRuns(runs, now)).Concat(Stale(now)).Concat(Late(runs, now)).Concat(Quarantine(runs, now))
            .OrderBy(a => a.Raised).ThenBy(a => a.Id, StringComparer.Ordinal)];
    }

    /// <summary>Jobs that failed before they had a run: Hangfire knows of those, and the ledger does not.</summary>
    private IEnumerable<LedgerAlert> FailedJobs(DateTimeOffset now)
    {
        foreach (var job in scheduler.Jobs(JobLookback))
            if (job is { State: JobState.Failed or JobState.Refused, RunId: null, Ended: { } ended } && now - ended <= options.Lookback)
                yield return Alert(job.State == JobState.Refused, $"{job.Id}-{job.Attempt}", ended, job.Order.Job, job.Message, runId: null);
    }

    /// <summary>Runs that failed, from a command line too. One whose job tries again is not told of before its last attempt.</summary>
    private IEnumerable<LedgerAlert> FailedRuns(IReadOnlyList<LedgerRun> runs, DateTimeOffset now)
    {
        foreach (var r in runs)
            if (r.State is RunState.Failed or RunState.Refused && r.Ended is { } ended && now - ended <= options.Lookback
                && (operations.Request(r.RunId)?.JobId is not { } job || scheduler.Job(job) is not { IsOpen: true }))
                yield return Alert(r.State == RunState.Refused, $"{r.RunId}-{r.Attempts}", ended, r.Job, r.Message, r.RunId);
    }

    private static LedgerAlert Alert(bool refused, string cause, DateTimeOffset at, string job, string? message, string? runId) => refused
        ? new LedgerAlert(
            $"refused-{cause}", at, "refused", $"A gate refused {job}", message ?? "The lists of the night before stay in place.", runId, false, null)
        : new LedgerAlert($"failure-{cause}", at, "failure", $"{Capital(job)} failed", message ?? "The run's log says why.", runId, false, null);

    private IEnumerable<LedgerAlert> Stale(DateTimeOffset now)
    {
        var fresh = Freshness.Of(store, ledger, now, options.Freshness);
        // Before the first night ever there is nothing to grow stale.
        if (fresh.Version is not { } version) yield break;
        int times = (int)(fresh.Age / options.StaleAfter);
        if (fresh.State == FreshnessState.Stale && times >= 1)
        {
            yield return new LedgerAlert(
                string.Create(CultureInfo.InvariantCulture, $"stale-{version.Version}-{fresh.Renewed:yyyyMMddHHmmss}-{times}"),
                fresh.Renewed + times * options.StaleAfter, "stale", "The lists are stale",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"No run has published or confirmed version {version.Version} since {clock.Minute(fresh.Renewed)}; expected one within "
                    + $"{options.StaleAfter.TotalHours:0.#} hours. Its data end with {version.WindowTo}."),
                version.RunId, false, null);
        }
        if (fresh.HasOldData)
        {
            yield return new LedgerAlert(
                $"data-{version.WindowTo}", now, "data", "The data are old",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The lists that readers have are made from data that end with {version.WindowTo}, {fresh.DataAge!.Value.TotalDays:0} days ago; "
                    + $"expected newer ones within {options.DataStaleAfter.TotalDays:0.#} days. See whether the log files still arrive."),
                version.RunId, false, null);
        }
    }

    /// <summary>
    /// The next night was to end when as long has passed again as usually lies between two: the median of the last ones, which a run by hand or a night that
    /// failed does not move.
    /// </summary>
    private IEnumerable<LedgerAlert> Late(IReadOnlyList<LedgerRun> runs, DateTimeOffset now)
    {
        DateTimeOffset[] ends = [.. runs.Where(r => r is { Job: RunRequest.Nightly, State: RunState.Finished, Ended: not null })
            .Select(r => r.Ended!.Value).OrderDescending().Take(NightsOfHabit + 1)];
        if (ends.Length <= MinRuns) yield break;
        TimeSpan[] apart = [.. ends.Zip(ends.Skip(1), (later, earlier) => later - earlier).Order()];
        var usual = apart[apart.Length / 2];
        var expected = ends[0] + usual;
        if (now < expected + options.LateAfter) yield break;
        var at = runs.FirstOrDefault(r => r is { Job: RunRequest.Nightly, State: RunState.Running });
        string doing = at is null ? "None is at work."
            : ledger.Stages(at.RunId) is [.., var stage] ? $"One is at work, in {stage.Stage}."
            : "One has just begun.";
        yield return new LedgerAlert(
            string.Create(CultureInfo.InvariantCulture, $"late-{ends[0]:yyyyMMddHHmmss}"), expected + options.LateAfter, "late",
            "The night is later than usual",
            string.Create(
                CultureInfo.InvariantCulture,
                $"By the last {apart.Length} nights it was to end about {clock.Minute(expected)}; the last one ended "
                + $"{clock.Minute(ends[0])}. {doing}"),
            at?.RunId, false, null);
    }

    private IEnumerable<LedgerAlert> Quarantine(IReadOnlyList<LedgerRun> runs, DateTimeOffset now)
    {
        if (runs.FirstOrDefault(r => r.Ended is not null && ledger.Checks(r.RunId).Any(IsShare)) is not { } newest || now - newest.Ended > options.Lookback)
            yield break;
        var history = ledger.CheckHistory(QuarantineCheck, options.QuarantineNights + 1);
        double share = ledger.Checks(newest.RunId).First(IsShare).Result.Value;
        var before = history.SkipWhile((value, at) => at == 0 && value.Equals(share)).Order().ToArray();
        if (before.Length < MinRuns || share < options.QuarantineShare) yield break;
        double median = (before[(before.Length - 1) / 2] + before[before.Length / 2]) / 2;
        if (share < median * options.QuarantineFactor) yield break;
        yield return new LedgerAlert(
            $"quarantine-{newest.RunId}", newest.Ended!.Value, "quarantine", "More rows were quarantined than usual",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{share * 100:0.0}% of the new rows, against {median * 100:0.0}% in the median of the {before.Length} nights before."),
            newest.RunId, false, null);
    }

    private static bool IsShare(LedgerCheck check) => check.Result.Name == QuarantineCheck && double.IsFinite(check.Result.Value);

    private static string Capital(string job) => job.Length == 0 ? job : char.ToUpperInvariant(job[0]) + job[1..];
}
