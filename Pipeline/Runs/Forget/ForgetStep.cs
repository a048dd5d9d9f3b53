using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>
/// Takes the forgotten out of every kept version and out of what runs have left, and has the database overwrite what it deleted. Each part can be done twice,
/// so a run that was killed is finished by asking again.
/// </summary>
internal sealed class ForgetStep(SuppressionList suppressed, OutputFolder output, IParquetReader reader, IParquetWriter writer, RunFolders folders) : IRunStage
{
    public string Name => StageNames.Forget;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs => [new StageInput(StageNames.Ingest, ForgetStateStep.Counts)];

    public JsonNode? Options => null;

    public string? WhyStale(StageManifest finished) => "users are looked for again";

    public string? Because => "users asked to be forgotten";

    public Task RunAsync(StageWork work)
    {
        var cancellation = work.Context.Cancellation;
        var versions = output.Store.Versions().Where(v => v.IsComplete).ToArray();
        var lost = new List<ForgottenVersion>();
        for (int v = 0; v < versions.Length; v++)
        {
            cancellation.ThrowIfCancellationRequested();
            work.Context.Progress.Step("versions", v, versions.Length, "versions");
            if (output.Forget(versions[v], suppressed.Contains, reader, writer, cancellation) is not { } gone) continue;
            lost.Add(new ForgottenVersion(versions[v].Version, gone.Users, gone.Rows, gone.IsDeleted));
        }
        work.Context.Progress.Step("runs", 0, 1, "runs");
        int artifacts = RunScrub.Scrub(folders, work.RunId, suppressed.Count);
        work.Context.Progress.Step("database", 0, 1, "database");
        string? database = output.Store.Erase();

        var counts = JsonNode.Parse(File.ReadAllText(work.Input(StageNames.Ingest, ForgetStateStep.Counts)))!;
        string[] toDo =
        [
            "The shop's own logs and tables still name them: their rows are left out whenever those are read, and deleting them is the shop's.",
            "Backups of the output folder and of the database, and whatever downstream systems have copied from the lists, are not reached from here.",
            .. database is null ? Array.Empty<string>() : [database[..1].ToUpperInvariant() + database[1..] + "."],
            "Models were trained on their events: those have been deleted, and the next night trains on what is left. Deltas wait for that night.",
        ];
        new ForgetReport(suppressed.UnfinishedHashes, (int)counts["users"]!, (int)counts["events"]!, lost, artifacts, toDo)
            .Write(work.Output(ForgetReport.FileName));
        work.Context.Progress.Metric("forget.versions", lost.Count);
        work.Context.Progress.Metric("forget.rows", lost.Sum(l => l.Rows));
        work.Context.Progress.Metric("forget.artifacts", artifacts);
        suppressed.Finish();
        return Task.CompletedTask;
    }
}
