using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>
/// Runs a graph of stages in an output folder. A stage whose hash equals one already finished is not run again; a run that was killed,
/// cancelled or failed is taken up at its first stage that is not finished. The caller is the store's one writer, by its lease and the folder's
/// <see cref="StoreLock"/>: runs that the ledger still calls running are dead.
/// </summary>
/// <param name="lease">The writer's lease: once it is lost, another host may have taken the run over, and nothing more is written down here.</param>
internal sealed class RunEngine(
    string output, StageGraph graph, RunsOptions options, IRunLedger ledger, TimeProvider time, IRunObserver observer, LeaseKeeper? lease = null)
{
    private readonly RunFolders _folders = new(output);

    // What this run's log turned out to be, once it is read.
    private SourceSize? _source;

    /// <summary>The published version, whose run's folder stays whatever <see cref="RunsOptions.Keep"/> says.</summary>
    public Func<VersionRecord?>? Current { get; init; }

    /// <exception cref="GateRefusedException">A check of some stage failed; the stages after it did not run.</exception>
    /// <exception cref="RecsysException">Any other failure that a person can act on.</exception>
    public async Task<RunReport> RunAsync(RunRequest request, CancellationToken cancellation = default)
    {
        var stages = graph.For(request.Job);
        var planner = new StagePlanner(_folders, options.Seed, request.From is { } from ? graph.Downstream(from) : null);
        var run = Open(request, planner.PlanHash(request.Job, stages));
        var journal = new RunJournal(run, _folders.Of(run.RunId), options, ledger, time, new RunTelemetry(observer));
        journal.Begin(stages);
        var context = new StageContext(options.EffectiveThreads, options.Seed, time, NoProgress.Instance, cancellation);
        var history = new StageHistory(_folders, request.Job);
        foreach (var stage in stages)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                await RunStageAsync(stage, run.RunId, planner, journal, history, context, request.Accepts).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                var explained = DiskFailure.Explain(e, "stage " + stage.Name, output);
                // A process that was paused hears of its lost lease only at the next beat: it asks before it writes.
                journal.Fail(explained, writeDown: lease is null || lease.IsStillHeld());
                if (ReferenceEquals(explained, e)) throw;
                throw explained;
            }
        }
        var report = journal.Finish();
        _folders.Prune(options.Keep, Current?.Invoke());
        return report;
    }

    /// <summary>
    /// What <see cref="RunAsync"/> would do, without doing it, and how long that takes by earlier runs. Behind a stage that would run, inputs are not known
    /// yet: those run too.
    /// </summary>
    public IReadOnlyList<StagePlan> Plan(RunRequest request)
    {
        var stages = graph.For(request.Job);
        var planner = new StagePlanner(_folders, options.Seed, request.From is { } from ? graph.Downstream(from) : null);
        string planHash = planner.PlanHash(request.Job, stages);
        string? runId = request.From is null ? Resumable(planHash)?.RunId : null;
        var history = new StageHistory(_folders, request.Job);
        SourceSize? source = null;
        var plans = new List<StagePlan>();
        foreach (var stage in stages)
        {
            var own = stage.Measure(_folders.FindFinished(stage.Name, null, null, out _));
            source ??= own;
            var plan = planner.Foresee(stage, runId) with { Source = own };
            plans.Add(plan.Runs ? plan with { Estimate = history.Of(stage.Name, source, runId) } : plan);
        }
        return plans;
    }

    private async Task RunStageAsync(
        IRunStage stage, string runId, StagePlanner planner, RunJournal journal, StageHistory history, StageContext context, GateAcceptance? accepts)
    {
        var (draft, inputs) = planner.Draft(stage, runId);
        var decision = planner.Decide(stage, draft, runId);
        string folder = _folders.Of(runId, stage.Name);
        if (decision.Finished is { } finished)
        {
            journal.Skip(stage, finished, decision, folder);
            _source ??= SourceSize.Of(finished);
            planner.Done(stage.Name, finished, _folders.Of(decision.FromRun!, stage.Name));
            return;
        }

        if (!decision.Resumes && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        var meter = journal.Start(stage, draft, decision, folder, history.Of(stage.Name, _source, runId));
        var work = new StageWork(runId, draft, folder, LastFinished(stage.Name, runId, meter), inputs, context with { Progress = meter })
        {
            Accepts = accepts,
        };
        Leftovers.Collect();
        await Task.Run(() => stage.RunAsync(work), CancellationToken.None).ConfigureAwait(false);
        context.Cancellation.ThrowIfCancellationRequested();
        lease?.Confirm();
        var manifest = journal.End(work);
        _source ??= SourceSize.Of(manifest);
        planner.Done(stage.Name, manifest, folder);
        ThrowIfRefused(work.Checks);
    }

    /// <summary>Kept state is only taken from a folder that is whole; without it a stage starts from its sources.</summary>
    private string? LastFinished(string stage, string runId, ProgressMeter progress)
    {
        if (_folders.FindFinished(stage, null, except: runId, out string? last) is not { } finished) return null;
        string folder = _folders.Of(last!, stage);
        if (StageHash.Damage(folder, finished.Outputs) is not { } damage) return folder;
        progress.Note($"what run {last} kept is corrupt and not used: {damage}");
        return null;
    }

    private static void ThrowIfRefused(IReadOnlyList<ConstraintResult> checks)
    {
        var failed = checks.Where(c => c.Level == ConstraintLevel.Fail).ToArray();
        if (failed.Length == 0) return;
        throw new GateRefusedException(
            failed[0].Gate, string.Join(Environment.NewLine, failed.Select(Refusal)) + Environment.NewLine
            + "Published lists stay as they were. Mend what the check is about and run again, or decide on the run's page of the console.");
    }

    // Some gates put both values into their message, others leave them to whoever shows it.
    private static string Refusal(ConstraintResult c) => c.Message.Contains(c.Expected, StringComparison.Ordinal)
        ? $"{c.Gate} gate refused: {c.Name}: {c.Message.TrimEnd('.')}."
        : string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{c.Gate} gate refused: {c.Name} is {c.Value:G6}, expected {c.Expected}. {c.Message.TrimEnd('.')}.");

    private RunRecord Open(RunRequest request, string planHash)
    {
        var resumed = request.From is null ? Resumable(planHash) : null;
        ledger.CloseAbandoned(resumed?.RunId, time.GetUtcNow());
        if (resumed is not null) return resumed with { State = RunState.Running, Attempts = resumed.Attempts + 1, Ended = null, Message = null };
        var now = time.GetUtcNow();
        return new RunRecord(_folders.Next(now), request.Job, planHash, RunState.Running, Attempts: 1, now);
    }

    private RunRecord? Resumable(string planHash) =>
        _folders.Ids() is [.., var newest] && RunRecord.Load(_folders.Of(newest)) is { IsOpen: true } open && open.PlanHash == planHash ? open : null;
}
