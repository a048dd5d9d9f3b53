using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>Finds what sweeps left in their runs' folders.</summary>
internal sealed class SweepArchive(RunArchive archive)
{
    private const int Searched = 200;

    /// <summary>Runs whose sweep is still there, newest first.</summary>
    public IReadOnlyList<RunFacts> Runs(int limit) =>
        [.. archive.Recent(Searched)
            .Where(r => archive.Folder(r, StageNames.Sweep) is { } folder && File.Exists(Path.Combine(folder, SweepReport.FileName)))
            .Take(limit)];

    public SweepReport? Read(RunFacts run) =>
        archive.Folder(run, StageNames.Sweep) is { } folder ? SweepReport.Read(Path.Combine(folder, SweepReport.FileName)) : null;
}
