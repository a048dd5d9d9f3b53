using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What job feedback said last.</summary>
internal sealed record FeedbackFacts(RunFacts Run, FeedbackReport Report);

/// <summary>Finds what feedback left in its runs' folders.</summary>
internal sealed class FeedbackArchive(RunArchive archive)
{
    private const int Searched = 200;

    /// <summary>The newest feedback whose report is still there; null where there is none.</summary>
    public FeedbackFacts? Newest()
    {
        foreach (var run in archive.Recent(Searched).Where(r => r.Run is { Job: StageNames.Feedback, State: RunState.Finished }))
            if (archive.Folder(run, StageNames.Feedback) is { } folder && Path.Combine(folder, FeedbackReport.FileName) is var file && File.Exists(file))
                return new FeedbackFacts(run, FeedbackReport.Read(file));
        return null;
    }
}
