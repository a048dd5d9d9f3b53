using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What job feedback said last.</summary>
internal sealed record FeedbackFacts(RunFacts Run, FeedbackReport Report);

/// <summary>Finds what feedback left in its runs' folders.</summary>
internal sealed class FeedbackArchive(RunArchive archive)
{
    /// <summary>The newest feedback whose report is still there; null where there is none.</summary>
    public FeedbackFacts? Newest() =>
        archive.Newest(StageNames.Feedback, FeedbackReport.FileName) is { } found ? new FeedbackFacts(found.Run, FeedbackReport.Read(found.Path)) : null;
}
