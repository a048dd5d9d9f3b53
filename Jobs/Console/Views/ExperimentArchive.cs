using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What job experiment said last.</summary>
internal sealed record ExperimentFacts(RunFacts Run, ExperimentReport Report);

/// <summary>Finds what experiment left in its runs' folders.</summary>
internal sealed class ExperimentArchive(RunArchive archive)
{
    private const int Searched = 200;

    /// <summary>The newest experiment whose report is still there; null where there is none.</summary>
    public ExperimentFacts? Newest()
    {
        foreach (var run in archive.Recent(Searched).Where(r => r.Run is { Job: StageNames.Experiment, State: RunState.Finished }))
        {
            if (archive.Folder(run, StageNames.Experiment) is { } folder && Path.Combine(folder, ExperimentReport.FileName) is var file && File.Exists(file))
                return new ExperimentFacts(run, ExperimentReport.Read(file));
        }
        return null;
    }
}
