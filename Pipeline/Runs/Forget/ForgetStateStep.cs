using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>
/// Stands in ingest's place: the state that the next night starts from, without those who are forgotten. It is written as the newest one before any older one
/// goes, so that no moment has none.
/// </summary>
/// <param name="folders">Runs that are there: what is forgotten after another run is other work, so no earlier state ever stands in for a newer one.</param>
internal sealed class ForgetStateStep(SuppressionList suppressed, RunFolders folders) : IRunStage
{
    /// <summary>How many went: users and events.</summary>
    public const string Counts = "forgotten.json";

    public string Name => StageNames.Ingest;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs => [];

    public JsonNode? Options => null;

    public IReadOnlyDictionary<string, string> Sources() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [IngestStep.Suppressed] = suppressed.Identity(),
        ["after run"] = folders.Ids() is [.., var newest] ? newest : "",
    };

    public string? Because => "users asked to be forgotten";

    public Task RunAsync(StageWork work)
    {
        work.Context.Progress.Step("state", 0, 1, "state");
        var known = new List<string>();
        (int Users, int Events) gone = (0, 0);
        if (work.LastFinished is { } last)
        {
            if (File.Exists(Path.Combine(last, IngestArtifacts.State))) gone = Write(last, work, known);
        }
        else if (folders.FindFinished(Name, null, work.RunId, out string? damaged) is not null)
        {
            // What is damaged is all that is left of logs that are gone: nobody deletes the older ones beside it.
            throw new ArtifactException(
                folders.Of(damaged!, Name), "what the last night kept is damaged, so users cannot be taken out of it; run nightly, and ask again");
        }
        work.Context.Progress.Metric("forget.users", gone.Users);
        work.Context.Progress.Metric("forget.events", gone.Events);
        new ForgottenCounts(gone.Users, gone.Events, known).Write(work.Output(Counts));
        return Task.CompletedTask;
    }

    private (int Users, int Events) Write(string last, StageWork work, List<string> known)
    {
        var state = IngestState.Read(Path.Combine(last, IngestArtifacts.State));
        var without = Forgetting.Without(state, suppressed.Contains);
        if (without is not null) known.AddRange(without.GoneIds.Select(id => suppressed.HashOf(id)));
        // A table that cannot be read tomorrow is stood in for by what it said last.
        if (File.Exists(Path.Combine(last, IngestArtifacts.Catalog)))
        {
            var catalog = IngestArtifacts.ReadCatalog(last);
            IngestArtifacts.Write(work.Folder, IngestArtifacts.Catalog, (to, name) => to.Write(name, without is null ? catalog : catalog.Of(without.Items)));
        }
        if (IngestArtifacts.ReadSegments(last) is { } segments)
        {
            IngestArtifacts.Write(work.Folder, IngestArtifacts.Segments, (to, name) =>
                to.WriteStrings(name, without is null ? segments : [.. without.Users.Select(u => u < segments.Length ? segments[u] : null)]));
        }
        foreach (var (file, rows) in new[] { (IngestArtifacts.ItemAttributes, without?.Items), (IngestArtifacts.UserAttributes, without?.Users) })
        {
            if (IngestArtifacts.ReadAttributes(last, file) is { } attributes)
                IngestArtifacts.Write(work.Folder, file, (to, _) => (rows is null ? attributes : attributes.Of(rows)).Write(to));
        }
        (without?.State ?? state).Write(work.Output(IngestArtifacts.State));
        return (without?.GoneIds.Count ?? 0, without?.GoneEvents ?? 0);
    }
}
