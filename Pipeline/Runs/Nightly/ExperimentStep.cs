using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Job <c>experiment</c>: the log's purchases, held against the versions that are kept and the control group. No part of the night; it changes nothing that is
/// published.
/// </summary>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class ExperimentStep(PipelineOptions options, OutputFolder output, IParquetReader reader, SuppressionList? suppressed) : IRunStage
{
    private readonly Lazy<ControlGroup>? _control = DrawnControl.Of(options, output.Path);

    public string Name => StageNames.Experiment;

    public string CodeVersion => "1";

    public bool OnDemand => true;

    public IReadOnlyList<StageInput> Inputs =>
        [new StageInput(StageNames.Ingest, IngestArtifacts.Purchases, IngestArtifacts.Users, IngestArtifacts.Items, IngestArtifacts.Catalog)];

    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Experiment), options.Experiment), (nameof(PipelineOptions.Places), new { options.Places.OrderMinutes }),
        (nameof(PipelineOptions.Feedback), new { options.Feedback.Logs }));

    /// <summary>The versions, the group, and since when it is another one; impressions where they are logged.</summary>
    public IReadOnlyDictionary<string, string> Sources()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["current"] = output.Store.Current ?? "" };
        foreach (var version in output.Store.Versions().Where(v => v.IsComplete)) found[$"version {version.Version}"] = version.ManifestSha256;
        if (DrawnControl.Identity(_control) is { } drawn) found[DrawnControl.Source] = drawn;
        if (Since() is { } since) found["since"] = since.ToString(CultureInfo.InvariantCulture);
        foreach (var log in options.Feedback.Logs)
        {
            int number = 0;
            foreach (string file in reader.Expand(log.Path)) found[$"{log.Name} {++number:D5}"] = FileFingerprint.Of(file);
        }
        return found;
    }

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Purchases))!;
        var (users, items) = (IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest));
        var report = new ExperimentStage(reader, options.Experiment).Run(
            new ExperimentInputs(
                IngestArtifacts.ReadPurchases(ingest), users, items, IngestArtifacts.ReadCatalog(ingest).Prices, Versions(), _control?.Value, Since(),
                options.Places.OrderMinutes)
            {
                Shown = options.Feedback.Logs.Count == 0 ? null : LoggedShowings.Of(
                    LoggedFeedback.Read(reader, options.Feedback, suppressed, work), users, items),
            },
            work.Context);
        report.Save(work.Output(ExperimentReport.FileName));
        work.Facts["decision"] = report.Decision;
        work.Context.Progress.Note(report.Decision);
        return Task.CompletedTask;
    }

    private long? Since() => _control is not null && ControlPeriods.Of(output.Path, _control.Value) is { } period
        ? Begins(period.Published, period.DataTo) : null;

    private long Begins(DateTimeOffset published, string dataTo) =>
        options.Experiment.Clock == ExperimentClock.Data
        && DateOnly.TryParseExact(dataTo, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeSeconds()
            : published.ToUnixTimeSeconds();

    /// <summary>Oldest first. One that was rolled back had its time too, which is not known any more: it counts up to the next.</summary>
    private List<ListedVersion> Versions()
    {
        var complete = output.Store.Versions().Where(v => v.IsComplete).Reverse().ToArray();
        var versions = new List<ListedVersion>();
        for (int v = 0; v < complete.Length; v++)
        {
            var version = complete[v];
            string folder = output.FolderOf(version.Version);
            if (output.Damage(version) is [var damage, ..])
            {
                throw new ArtifactException(
                    folder, $"version '{version.Version}' is corrupt: {damage}; nothing can be attributed to its lists: roll back to another version, and let "
                    + "prune delete it");
            }
            var tables = VersionManifest.Load(folder).Tables;
            IReadOnlyList<string> Files(string table) =>
                tables.TryGetValue(table, out var found) ? [.. found.Files.Select(f => Path.Combine(folder, f.File))] : [];
            versions.Add(new ListedVersion(
                version.Version, Begins(version.Created, version.WindowTo),
                v + 1 < complete.Length ? Begins(complete[v + 1].Created, complete[v + 1].WindowTo) : null,
                Files("user_recommendations"),
                [
                    .. PlaceTables.All.Where(t => t.IsOfUsers && t.IsShown && tables.ContainsKey(t.Name))
                        .Select(t => new ListedPlace(t.Name, t.Item, Files(t.Name))),
                ]));
        }
        return versions;
    }
}
