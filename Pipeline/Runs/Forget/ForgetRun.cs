using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>A person's request to be gone, as a run of the store's one writer.</summary>
internal static class ForgetRun
{
    /// <param name="userIds">Ids in UTF-8, as the logs write them; none finishes what was cut short.</param>
    /// <exception cref="ConfigurationException">The key or the list cannot be used (exit code 2).</exception>
    /// <exception cref="RunFailedException">It could not be finished (exit code 1); asking again goes on.</exception>
    public static Task<ForgetReport> RunAsync(
        PipelineOptions options, IReadOnlyList<byte[]> userIds, IRunObserver observer, TimeProvider time, CancellationToken cancellation = default)
    {
        options.Validate(StageNames.Forget);
        string folder = options.Publish.Path;
        return NightlyRun.WriteAsync(
            options, new WriterInfo(WriterInfo.ThisNode, StageNames.Forget), time,
            async (output, lease, stop) =>
            {
                var suppressed = SuppressionList.Open(folder, options.Privacy);
                // Before anything else: from here on no log brings them back.
                suppressed.Add(userIds, time.GetUtcNow());
                var folders = new RunFolders(folder);
                var graph = new StageGraph(
                    new ForgetStateStep(suppressed, folders),
                    new ForgetStep(suppressed, output.Folder, ParquetFiles.Reader(), ParquetFiles.Writer(), folders));
                var engine = new RunEngine(
                    folder, graph, options.Runs, output.Ledger, time, new CompositeObserver(observer, new LedgerObserver(output.Operations, time)), lease)
                {
                    Current = () => output.Store.Current,
                };
                var report = await engine.RunAsync(new RunRequest(StageNames.Forget), stop).ConfigureAwait(false);
                return ForgetReport.Read(Path.Combine(folders.Of(report.RunId, StageNames.Forget), ForgetReport.FileName));
            },
            cancellation);
    }

    /// <summary>Lets a user in again who has come back; their events count from the next reading on.</summary>
    /// <returns>Ids of those who were on the list.</returns>
    public static IReadOnlyList<byte[]> Allow(PipelineOptions options, IReadOnlyList<byte[]> userIds, TimeProvider time) =>
        NightlyRun.Write(options, new WriterInfo(WriterInfo.ThisNode, "allow"), time, _ =>
            SuppressionList.OpenIfAny(options.Publish.Path, options.Privacy) is { } suppressed
                ? [.. userIds.Where(id => suppressed.Remove(id))]
                : Array.Empty<byte[]>());
}
