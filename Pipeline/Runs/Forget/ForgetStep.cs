using System.Text;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>
/// Takes the forgotten out of every kept version and out of what runs have left. Each part can be done twice, so a run that was killed is finished by asking
/// again.
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
        var state = ForgottenCounts.Read(work.Input(StageNames.Ingest, ForgetStateStep.Counts));
        var known = new SortedSet<string>(state.Known, StringComparer.Ordinal);
        var lost = new List<ForgottenVersion>();
        ArtifactException? damaged = null;
        var versions = output.Store.Versions().Where(v => v.IsComplete).ToArray();
        for (int v = 0; v < versions.Length; v++)
        {
            work.Context.Cancellation.ThrowIfCancellationRequested();
            work.Context.Progress.Step("versions", v, versions.Length, "versions");
            try
            {
                if (output.Forget(versions[v], suppressed.Contains, reader, writer, work.Context.Cancellation) is not { } gone) continue;
                lost.Add(new ForgottenVersion(versions[v].Version, gone.Users.Count, gone.Rows, gone.IsDeleted));
                known.UnionWith(gone.Users.Select(id => suppressed.HashOf(Encoding.UTF8.GetBytes(id))));
            }
            catch (ArtifactException e)
            {
                // The others lose them all the same.
                damaged = e;
            }
        }
        work.Context.Progress.Step("runs", 0, 1, "runs");
        var scrub = new RunScrub(folders, suppressed, work);
        int artifacts = scrub.Scrub(onlyFeedback: state.Users == 0 && lost.Count == 0 && !scrub.NamesSomebody());
        if (damaged is not null) throw damaged;
        new ForgetReport(suppressed.UnfinishedHashes, [.. known], state.Users, state.Events, lost, artifacts).Write(work.Output(ForgetReport.FileName));
        work.Context.Progress.Metric("forget.versions", lost.Count);
        work.Context.Progress.Metric("forget.rows", lost.Sum(l => l.Rows));
        work.Context.Progress.Metric("forget.artifacts", artifacts);
        return Task.CompletedTask;
    }
}
