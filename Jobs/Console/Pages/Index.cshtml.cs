using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages;

/// <summary>Overview: is today's version fresh, what ran and what comes, alerts, and where the main figures go.</summary>
internal sealed class IndexModel(
    IOutputStore store, OperationsLedger operations, IJobScheduler scheduler, RunArchive runs, PipelineOptions night, FreshnessLimits limits, IRunLedger ledger,
    ConsoleContext surface, ZoneClock clock) : PageModel
{
    private const int Nights = 30;

    public Freshness Freshness { get; private set; } = null!;

    public RunFacts? LastRun { get; private set; }

    public RunFacts? Running { get; private set; }

    /// <summary>A job that failed before its run began, after the last run: a file that did not arrive, most often.</summary>
    public JobFacts? FailedSince { get; private set; }

    public IReadOnlyList<RunFacts> Recent { get; private set; } = [];

    public IReadOnlyList<(ScheduleStatus Schedule, DateTimeOffset At)> Coming { get; private set; } = [];

    public IReadOnlyList<LedgerAlert> Alerts { get; private set; } = [];

    public RollbackNotice? RolledBack { get; private set; }

    /// <summary>Complete versions besides the current one.</summary>
    public int FallBacks { get; private set; }

    public IReadOnlyList<LineChart> Trends { get; private set; } = [];

    public int Cutoff => night.Evaluate.Cutoffs[0];

    public void OnGet()
    {
        var all = runs.Recent(Nights);
        Freshness = Freshness.Of(store, ledger, surface.Now, limits);
        Running = all.FirstOrDefault(r => r.IsRunning);
        LastRun = all.FirstOrDefault(r => !r.IsRunning);
        Recent = [.. all.Take(6)];
        FailedSince = scheduler.Jobs(10)
            .FirstOrDefault(j => j.RunId is null && j.Failure is not null && j.Created > (LastRun?.Run.Started ?? DateTimeOffset.MinValue));
        Coming = [.. scheduler.Schedules(1).Where(s => !s.Paused && s.Next.Count > 0).Select(s => (s, s.Next[0])).OrderBy(s => s.Item2)];
        var versions = store.Versions();
        FallBacks = versions.Count(v => v.State == VersionState.Retired);
        RolledBack = RollbackNotice.Of(store, operations);
        Alerts = operations.Alerts(5);
        Trends = Views.Trends.Of(all, Cutoff, ReaderFigures.Of(versions, runs), clock);
    }
}
