using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>One run: its stages against the clock, what it says while it works, and how it differs from the run before.</summary>
internal sealed class RunModel(RunArchive archive, OperationsLedger operations, IJobScheduler scheduler, PipelineOptions night, ConsoleContext surface,
    ZoneClock clock) : PageModel
{
    /// <summary>The log's last lines that a page shows.</summary>
    private const int LogLines = 400;

    public RunFacts Run { get; private set; } = null!;

    /// <summary>What it was asked for with; null where it was started from a command line.</summary>
    public LedgerRequest? Asked { get; private set; }

    /// <summary>Its job; null where that is gone, or in the memory of another host.</summary>
    public JobFacts? Job { get; private set; }

    public Timeline Timeline { get; private set; } = null!;

    /// <summary>Stages that are to come, with the time that they took in the run before; none where the run has ended.</summary>
    public IReadOnlyList<LedgerStage> ToCome { get; private set; } = [];

    /// <summary>How long it may take yet, by the run before; null where there is none to go by.</summary>
    public TimeSpan? Left { get; private set; }

    public IReadOnlyList<LedgerLogLine> Log { get; private set; } = [];

    public RunFacts? Before { get; private set; }

    public IReadOnlyList<ComparedMetric> Metrics { get; private set; } = [];

    public IReadOnlyList<ComparedOption> Options { get; private set; } = [];

    public bool KnowsOptions { get; private set; }

    /// <summary>What the shop's rules did; null where there are none, or the run's folder is gone.</summary>
    public RulesReport? Rules { get; private set; }

    /// <summary>What lists give to groups of items and of users.</summary>
    public IReadOnlyList<GroupFigure> Groups { get; private set; } = [];

    /// <summary>What there is to decide; null where no gate refused.</summary>
    public Decision? Decision { get; private set; }

    public int Cutoff => night.Evaluate.Cutoffs[0];

    /// <summary>It stopped on its way for another reason than a gate, so an equal run goes on from there.</summary>
    /// <summary>A forget is no job: its users are named on the command line alone.</summary>
    public bool CanResume => Run.Run.State is RunState.Failed or RunState.Cancelled && Run.Run.Job != StageNames.Forget;

    public bool CanCancel => Job is { IsOpen: true } && (Run.IsRunning || IsRetried);

    /// <summary>It failed, and its job tries again.</summary>
    public bool IsRetried => Run.Run.State == RunState.Failed && Job is { State: JobState.Scheduled, Attempt: > 1 } && Job.RunId == Run.Id;

    /// <summary>Its job was deleted, and the run is about to stop.</summary>
    public string? Stopping => Run.IsRunning && Job is { State: JobState.Deleted } ? Job.Message : null;

    /// <summary>What a screen reader is told when it changes.</summary>
    public string Say => Run.IsRunning
        ? Run.Stages is [.., var stage]
            ? $"Run {RunNames.Short(Run.Id)}: {stage.Stage} {Mark.Of(stage.State).Word.ToLowerInvariant()}"
            : $"Run {RunNames.Short(Run.Id)} has begun"
        : $"Run {RunNames.Short(Run.Id)}: {Mark.Of(Run.Run.State).Word}";

    public IActionResult OnGet(string id)
    {
        if (!Load(id)) return NotFound();
        Before = archive.Before(Run);
        Decision = Decision.Of(Run, archive, clock);
        Rules = archive.Rules(Run);
        Groups = archive.Groups(Run);
        Metrics = RunComparison.Metrics(Run, Before, Cutoff);
        var options = archive.Options(Run);
        KnowsOptions = options.Count > 0;
        if (Before is not null) Options = RunComparison.Options(options, archive.Options(Before));
        return Page();
    }

    /// <summary>The part of the page that changes while the run works.</summary>
    public IActionResult OnGetLive(string id) => Load(id) ? Partial("_Live", this) : NotFound();

    private bool Load(string id)
    {
        if (archive.Find(id) is not { } run) return false;
        Run = run;
        Asked = operations.Request(id);
        Job = Asked?.JobId is { } job ? scheduler.Job(job) : null;
        Timeline = new Timeline(run.Stages, operations.Progress(id), surface.Now);
        Log = operations.LogEnd(id, LogLines);
        if (run.IsRunning && archive.Before(run) is { } before)
        {
            ToCome = [.. before.Stages.Where(s => run.Stages.All(r => r.Stage != s.Stage))];
            double atWork = run.Stages is [.., { State: StageState.Running } now] && before.Stages.FirstOrDefault(s => s.Stage == now.Stage) is { } was
                ? Math.Max(0, was.Seconds - (surface.Now - now.Started).TotalSeconds)
                : 0;
            Left = TimeSpan.FromSeconds(atWork + ToCome.Where(s => s.State != StageState.Reused).Sum(s => s.Seconds));
        }
        return true;
    }
}
