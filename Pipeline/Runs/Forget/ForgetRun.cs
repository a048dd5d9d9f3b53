using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>A person's request to be gone, as a run of the store's one writer.</summary>
internal static class ForgetRun
{
    private static readonly string[] s_toDo =
    [
        "The shop's own logs and tables still name them: their rows are left out whenever those are read, and deleting them is the shop's.",
        "Backups of the output folder and of the database, and whatever downstream systems have copied from the lists, are not reached from here.",
    ];

    /// <param name="userIds">Ids in UTF-8, as the logs write them; none finishes what was cut short.</param>
    /// <param name="by">Who does it, as the audit log names them; null is the program.</param>
    /// <returns>Null where nobody was named and nothing had been cut short.</returns>
    /// <exception cref="ConfigurationException">The key or the list cannot be used (exit code 2).</exception>
    /// <exception cref="RunFailedException">It could not be finished (exit code 1); asking again goes on.</exception>
    public static async Task<ForgetReport?> RunAsync(
        PipelineOptions options, IReadOnlyList<byte[]> userIds, IRunObserver observer, TimeProvider time, string? by = null,
        CancellationToken cancellation = default)
    {
        options.Validate(StageNames.Forget);
        string folder = options.Publish.Path;
        if (userIds.Count == 0 && SuppressionList.OpenIfAny(folder, options.Privacy) is not { Unfinished: > 0 }) return null;
        var report = await NightlyRun.WriteAsync(
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
                    Current = () => output.Store.Current is { } current ? output.Store.Find(current) : null,
                };
                output.Operations.Append(Entry(by, AuditActs.Forgot, suppressed.Unfinished));
                var run = await engine.RunAsync(new RunRequest(StageNames.Forget), stop).ConfigureAwait(false);
                return ForgetReport.Read(Path.Combine(folders.Of(run.RunId, StageNames.Forget), ForgetReport.FileName));
            },
            cancellation).ConfigureAwait(false);
        // Writing a large database anew takes longer than a lease lasts unless it is renewed, which waits for it: the folder's lock alone keeps others away.
        string? database;
        using (var output = OutputFolder.OpenForWriting(options.Publish, time)) database = output.Store.Erase();
        report = report with
        {
            ToDo =
            [
                .. s_toDo,
                .. database is null ? Array.Empty<string>() : [database[..1].ToUpperInvariant() + database[1..] + "."],
                .. report.Artifacts == 0 ? Array.Empty<string>()
                    : ["Models were trained on their events: those have been deleted, and the next night trains on what is left. Deltas wait for that night."],
            ],
        };
        SuppressionList.Open(folder, options.Privacy).Finish(report.Asked);
        return report;
    }

    /// <summary>Lets a user in again who has come back; their events count from the next reading on.</summary>
    /// <returns>Ids of those who were on the list.</returns>
    public static IReadOnlyList<byte[]> Allow(PipelineOptions options, IReadOnlyList<byte[]> userIds, TimeProvider time, string? by = null) =>
        NightlyRun.Write(options, new WriterInfo(WriterInfo.ThisNode, "allow"), time, place =>
        {
            byte[][] allowed = SuppressionList.OpenIfAny(options.Publish.Path, options.Privacy) is { } suppressed
                ? [.. userIds.Where(id => suppressed.Remove(id))]
                : [];
            if (allowed.Length > 0) place.Operations.Append(Entry(by, AuditActs.Allowed, allowed.Length));
            return allowed;
        });

    private static AuditEntry Entry(string? by, string act, int users) =>
        new(by ?? "the program", act, users == 1 ? "1 user" : $"{users} users", Node: WriterInfo.ThisNode);
}
