using System.Globalization;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Writes a run's progress and log to the operations ledger while it goes on, at most twice a second, so that any host can show it.</summary>
internal sealed class LedgerObserver(OperationsLedger ledger, TimeProvider time) : IRunObserver
{
    private const int MaxLinesKept = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly List<LedgerLogLine> _lines = [];
    private readonly Dictionary<string, LedgerProgress> _progress = new(StringComparer.Ordinal);
    private string? _runId;
    private string _step = "";
    private long _written;

    public void On(RunEvent happened)
    {
        switch (happened)
        {
            case RunStarted e:
                _runId = e.RunId;
                Line("info", "", $"{e.Job} {(e.Resumed ? "resumes" : "begins")}: {string.Join(", ", e.Stages)}");
                Write();
                break;
            case StageStarted e:
                Line("info", e.Stage, $"runs: {e.Reason}");
                Write();
                break;
            case StageSkipped e:
                Line("info", e.Stage, $"not run: {e.Reason} (from {e.FromRun})");
                break;
            case StageProgressed e:
                Progress(e);
                break;
            case StageNote e:
                Line("info", e.Stage, e.Message);
                break;
            case StageChecked { Result.Level: not ConstraintLevel.Pass } e:
                Line(e.Result.Level == ConstraintLevel.Fail ? "error" : "warning", e.Stage, $"{e.Result.Gate} gate: {e.Result.Name}: {e.Result.Message}");
                break;
            case StageFinished e:
                Line("info", e.Stage, string.Create(CultureInfo.InvariantCulture, $"finished in {e.Took.TotalSeconds:0.0} s, {e.OutputBytes / 1e6:0.0} MB"));
                Write();
                break;
            case StageFailed e:
                Line("error", e.Stage, e.Message);
                break;
            case RunEnded e:
                Line(e.Report.State == RunState.Finished ? "info" : "error", "", Ending(e.Report));
                Write();
                break;
        }
    }

    private static string Ending(RunReport report)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $"{report.State.ToString().ToLowerInvariant()} after {report.Took.TotalSeconds:0.0} s");
        return report.Version is { } version ? $"{words}, version {version}" : words;
    }

    private void Progress(StageProgressed e)
    {
        _progress[e.Stage] = new LedgerProgress(_runId ?? "", e.Stage, e.Step, e.Done, e.Total, e.Unit, e.PerSecond, time.GetUtcNow());
        bool isNew = e.Step != _step || e.Done == e.Total;
        _step = e.Step;
        if (isNew || time.GetElapsedTime(_written) >= Pause) Write();
    }

    private void Line(string level, string stage, string text)
    {
        _lines.Add(new LedgerLogLine(0, time.GetUtcNow(), level, stage, text));
        if (_lines.Count >= MaxLinesKept) _lines.RemoveRange(0, _lines.Count - MaxLinesKept + 1);
    }

    private void Write()
    {
        if (_runId is null) return;
        _written = time.GetTimestamp();
        try
        {
            if (_lines.Count > 0)
            {
                ledger.AppendLog(_runId, _lines);
                _lines.Clear();
            }
            foreach (var progress in _progress.Values) ledger.SaveProgress(progress);
            _progress.Clear();
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // The night is worth more than its log: what could not be written goes with the next lines.
        }
    }
}
