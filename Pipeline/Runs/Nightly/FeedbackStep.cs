using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Job <c>feedback</c>: logs of impressions and clicks, joined to the versions that are kept, to estimates and the policy by which the next night's lists are
/// drawn. No part of the night; it changes nothing that is published.
/// </summary>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class FeedbackStep(
    FeedbackOptions options, OutputFolder output, IParquetReader reader, IParquetWriter writer, IRunLedger ledger, SuppressionList? suppressed = null)
    : IRunStage
{
    public string Name => StageNames.Feedback;

    public string CodeVersion => "3";

    public bool OnDemand => true;

    public IReadOnlyList<StageInput> Inputs => [];

    public JsonNode? Options => OptionSections.Of((nameof(PipelineOptions.Feedback), options));

    /// <summary>The logs, the versions, and which of them is current: a step starts from its policy.</summary>
    /// <exception cref="ConfigurationException">No log is configured.</exception>
    public IReadOnlyDictionary<string, string> Sources()
    {
        options.RequireLogs();
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var folders = new RunFolders(output.Path);
        var known = new KnownLogs(
            folders.FindFinished(Name, null, null, out string? last) is null ? null : folders.Of(last!, Name), options.VerifyKnownFiles);
        foreach (var log in options.Logs)
        {
            int number = 0;
            foreach (string file in reader.Expand(log.Path)) found[$"{log.Name} {++number:D5}"] = known.Of(file, "", 0).Sha256;
        }
        foreach (var version in output.Store.Versions().Where(v => v.IsComplete)) found[$"version {version.Version}"] = version.ManifestSha256;
        if (suppressed is { Count: > 0 }) found[IngestStep.Suppressed] = suppressed.Identity();
        found["current"] = output.Store.Current ?? "";
        return found;
    }

    public Task RunAsync(StageWork work)
    {
        string current = output.Store.Current
            ?? throw new RunFailedException("nothing is published, so no feedback can belong to it; run a night with Diversify:Explore:Enabled=true first");
        var versions = output.Store.Versions().Where(v => v.IsComplete).Reverse().Select(Published).ToArray();
        var inForce = versions.Single(v => v.Version == current).Policy;
        var result = new FeedbackStage(reader, writer, options).Run(
            new FeedbackInputs(versions, inForce, work.LastFinished) { IsForgotten = suppressed is { Count: > 0 } ? suppressed.Contains : null },
            work.Folder, work.Context);
        ledger.SaveQuarantine(work.RunId, QuarantineSummary.Of(work.RunId, reader, work.Output(FeedbackReport.RejectedFile), work.Context.Cancellation));
        if (result.Next is { } next) next.Save(work.Output(DiversityPolicy.FileName));
        else Keep(work);
        work.Facts["decision"] = result.Report.Decision;
        if (result.Report.Looks is { } looks)
        {
            work.Facts["looks"] = string.Create(
                CultureInfo.InvariantCulture, $"{looks.Number} at the policy in force, {looks.Spent:0.####} of {options.FalseMoves:0.####} spent");
        }
        work.Check(result.Checks);
        return Task.CompletedTask;
    }

    /// <summary>What was learned before outlives a version whose lists were not drawn.</summary>
    private static void Keep(StageWork work)
    {
        if (work.LastFinished is { } last && Path.Combine(last, DiversityPolicy.FileName) is var learned && File.Exists(learned))
            File.Copy(learned, work.Output(DiversityPolicy.FileName));
    }

    /// <exception cref="ArtifactException">The version's files are not whole.</exception>
    private PublishedVersion Published(VersionRecord version)
    {
        string folder = output.FolderOf(version.Version);
        if (output.Damage(version) is [var damage, ..])
        {
            throw new ArtifactException(
                folder,
                $"version '{version.Version}' is corrupt: {damage}; its lists can be joined to nothing: roll back to another version, and let prune delete it");
        }
        var tables = VersionManifest.Load(folder).Tables;
        IReadOnlyList<string> Files(string table) => tables.TryGetValue(table, out var found) ? [.. found.Files.Select(f => Path.Combine(folder, f.File))] : [];
        return new PublishedVersion(version.Version, output.PolicyOf(version.Version), Files("user_recommendations"), Files("list_arms"))
        {
            Created = version.Created,
        };
    }
}
