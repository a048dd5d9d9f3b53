using System.Data.Common;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Writes down what happens in one run: the manifests and <c>run.json</c> in its folder, the ledger, and the observer's events.</summary>
internal sealed class RunJournal(RunRecord run, string folder, RunsOptions options, IRunLedger ledger, TimeProvider time, IRunObserver observer)
{
    /// <summary>The fact under which publish leaves the version it switched to.</summary>
    public const string VersionFact = "version";

    /// <summary>The fact under which publish leaves the version that readers get, where that is not the one of its lists.</summary>
    public const string CurrentFact = "current";

    /// <summary>The fact that names, one after a comma, the versions newer than the current one that an operator rolled back.</summary>
    public const string RolledBackFact = "rolledBack";

    /// <summary>The fact that says in a sentence what came of the run, where that is not plain: the ledger's message of it.</summary>
    public const string OutcomeFact = "outcome";

    private readonly List<StageReport> _stages = [];
    private readonly long _began = time.GetTimestamp();
    private RunRecord _run = run;
    private int _count;
    private Open? _open;

    public void Begin(IReadOnlyList<IRunStage> stages)
    {
        _count = stages.Count;
        Directory.CreateDirectory(folder);
        Save();
        observer.On(new RunStarted(_run.RunId, _run.Job, _run.Attempts > 1, [.. stages.Select(s => s.Name)]));
    }

    public void Skip(IRunStage stage, StageManifest finished, StageDecision decision, string stageFolder)
    {
        var manifest = finished;
        if (decision.FromRun != _run.RunId)
        {
            manifest = finished with
            {
                State = StageState.Reused,
                From = decision.FromRun,
                Metrics = new(stage.WhenReused(finished.Metrics).ToDictionary(), StringComparer.Ordinal),
            };
            if (Directory.Exists(stageFolder)) Directory.Delete(stageFolder, recursive: true);
            manifest.Save(stageFolder);
        }
        Save(manifest, decision.Reason, message: null);
        _stages.Add(new StageReport(
            stage.Name, StageState.Reused, decision.Reason, TimeSpan.Zero, Path.Combine(folder, "..", decision.FromRun!, stage.Name), manifest));
        observer.On(new StageSkipped(stage.Name, _stages.Count, _count, decision.FromRun!, decision.Reason));
    }

    /// <param name="estimate">What earlier runs say of the stage; null where they say nothing.</param>
    public ProgressMeter Start(IRunStage stage, StageManifest draft, StageDecision decision, string stageFolder, StageEstimate? estimate)
    {
        var manifest = draft with { Started = time.GetUtcNow() };
        manifest.Save(stageFolder);
        Save(manifest, decision.Reason, message: null);
        observer.On(new StageStarted(stage.Name, _stages.Count + 1, _count, decision.Reason) { Estimate = estimate });
        var meter = new ProgressMeter(stage.Name, time, observer, estimate?.Seconds);
        _open = new Open(manifest, stageFolder, decision.Reason, meter, new PeakMemory(time), time.GetTimestamp());
        return meter;
    }

    public StageManifest End(StageWork work)
    {
        var open = _open!;
        foreach (var check in work.Checks) observer.On(new StageChecked(open.Manifest.Stage, check));
        bool refused = work.Checks.Any(c => c.Level == Stage.ConstraintLevel.Fail);
        var took = time.GetElapsedTime(open.Began);
        open.Meter.Metrics[PeakMemory.Metric] = open.Memory.Bytes;
        open.Memory.Dispose();
        var manifest = open.Manifest with
        {
            State = refused ? StageState.Refused : StageState.Finished,
            Outputs = StageHash.Outputs(open.Folder),
            Seconds = took.TotalSeconds,
            Metrics = open.Meter.Metrics,
            Facts = work.Facts,
            Checks = [.. work.Checks],
        };
        manifest.Save(open.Folder);
        Save(manifest, open.Reason, message: null);
        if (refused)
        {
            _open = open with { Manifest = manifest };
            return manifest;
        }
        _open = null;
        _stages.Add(new StageReport(manifest.Stage, manifest.State, open.Reason, took, open.Folder, manifest));
        observer.On(new StageFinished(manifest.Stage, took, manifest.Outputs.Sum(o => o.Bytes)));
        return manifest;
    }

    /// <summary>Writes the failure down as far as the disk lets it; where it does not, the observer hears that too.</summary>
    /// <param name="writeDown">Whether the run is still this host's.</param>
    public void Fail(Exception failure, bool writeDown)
    {
        var (state, stageState) = failure switch
        {
            GateRefusedException => (RunState.Refused, StageState.Refused),
            OperationCanceledException => (RunState.Cancelled, StageState.Cancelled),
            _ => (RunState.Failed, StageState.Failed),
        };
        string message = failure is OperationCanceledException ? "cancelled; run again to go on from here" : failure.Message;
        string? stage = _open?.Manifest.Stage;
        _open?.Memory.Dispose();
        try
        {
            if (writeDown && _open is { } open)
            {
                var manifest = open.Manifest with { State = stageState };
                _stages.Add(new StageReport(manifest.Stage, stageState, open.Reason, time.GetElapsedTime(open.Began), open.Folder, manifest));
                manifest.Save(open.Folder);
                Save(manifest, open.Reason, message);
            }
            if (writeDown) Close(state, message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DbException or RunFailedException)
        {
            observer.On(new StageNote(stage ?? "run", $"the failure could not be written down: {e.Message}"));
        }
        if (stage is not null) observer.On(new StageFailed(stage, stageState, message));
        observer.On(new RunEnded(Report(message)));
    }

    public RunReport Finish()
    {
        string? outcome = _stages.Select(s => s.Manifest?.Facts.GetValueOrDefault(OutcomeFact)).LastOrDefault(o => o is not null);
        Close(RunState.Finished, outcome);
        var report = Report(outcome);
        observer.On(new RunEnded(report));
        return report;
    }

    private RunReport Report(string? message) => new(_run.RunId, _run.Job, _run.State, time.GetElapsedTime(_began), [.. _stages], _run.Version, message);

    private void Close(RunState state, string? message)
    {
        string? version = _stages.Select(s => s.Manifest).LastOrDefault(m => m?.IsDone == true && m.Facts.ContainsKey(VersionFact))?.Facts[VersionFact];
        _run = _run with { State = state, Ended = time.GetUtcNow(), Version = version, Message = message };
        Save();
    }

    private void Save()
    {
        _run.Save(folder);
        ledger.Save(new LedgerRun(
            _run.RunId, _run.Job, _run.State, _run.Started, _run.Ended, _run.Attempts, options.Seed, options.EffectiveThreads, _run.PlanHash, _run.Version,
            _run.Message));
    }

    private void Save(StageManifest m, string reason, string? message) =>
        ledger.Save(
            new LedgerStage(_run.RunId, m.Stage, m.State, m.Hash, reason, m.From, m.Started, m.Seconds, m.Outputs.Sum(o => o.Bytes), message),
            m.Metrics, m.Checks);

    /// <summary>The stage that is at work.</summary>
    private sealed record Open(StageManifest Manifest, string Folder, string Reason, ProgressMeter Meter, PeakMemory Memory, long Began);
}
