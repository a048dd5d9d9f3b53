using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What job experiment said last.</summary>
internal sealed record ExperimentFacts(RunFacts Run, ExperimentReport Report);

/// <summary>Finds what experiment left in its runs' folders.</summary>
internal sealed class ExperimentArchive(RunArchive archive)
{
    /// <summary>The newest experiment whose report is still there; null where there is none.</summary>
    public ExperimentFacts? Newest() =>
        archive.Newest(StageNames.Experiment, ExperimentReport.FileName) is { } found
            ? new ExperimentFacts(found.Run, ExperimentReport.Read(found.Path)) : null;
}
