using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Ingest in the night: last night's state in, this night's artifacts out, the quarantine's summary in the ledger.</summary>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class IngestStep(
    IngestOptions options, IParquetReader reader, IParquetWriter writer, IRunLedger ledger, SuppressionList? suppressed = null) : IRunStage
{
    private const int HistoryNights = 60;

    /// <summary>Source: who was left out.</summary>
    internal const string Suppressed = "forgotten users";

    /// <summary>No night is run: see <see cref="IngestInputs.Between"/>. A night over the same files may take the result over.</summary>
    public bool Between { get; init; }

    /// <summary>What the run has to say of its options.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    public string Name => StageNames.Ingest;

    public string CodeVersion => "4";

    public IReadOnlyList<StageInput> Inputs => [];

    /// <summary>Windows before the validation window that a race asks for.</summary>
    public int EarlierWindows { get; init; }

    public JsonNode? Options => EarlierWindows == 0
        ? OptionSections.Of((nameof(PipelineOptions.Ingest), options))
        : OptionSections.Of((nameof(PipelineOptions.Ingest), options), (nameof(PipelineOptions.Train), new { Auto = new { Cuts = EarlierWindows + 1 } }));

    public IReadOnlyDictionary<string, string> Sources()
    {
        var found = SourceFiles.Find(reader, options, []).Files.ToDictionary(f => f.Key, f => f.Sha256, StringComparer.Ordinal);
        if (suppressed is { Count: > 0 }) found[Suppressed] = suppressed.Identity();
        foreach (var (table, path) in new[] { ("items", options.Items?.Path), ("users", options.Users?.Path) })
        {
            if (path is null) continue;
            int number = 0;
            foreach (string file in reader.Expand(path)) found[$"{table} table {++number:D5}"] = FileFingerprint.Of(file);
        }
        return found;
    }

    public SourceSize? Measure(StageManifest? last)
    {
        var (rows, fresh) = SourceFiles.Rows(reader, options, new HashSet<string>(last?.Sources.Keys ?? (IEnumerable<string>)[], StringComparer.Ordinal));
        return new SourceSize(rows, fresh);
    }

    public Task RunAsync(StageWork work)
    {
        foreach (string remark in Remarks) work.Context.Progress.Note(remark);
        if (suppressed is { Unfinished: > 0 })
            work.Context.Progress.Note("a forget was cut short, and older versions may still name users who asked to be gone; finish it with: forget");
        string? state = work.LastFinished is { } last ? Path.Combine(last, IngestArtifacts.State) : null;
        if (work.LastFinished is { } before && StageManifest.Load(before) is { } manifest)
        {
            if (suppressed is null && manifest.Sources.ContainsKey(Suppressed))
            {
                throw new ConfigurationException(
                    $"users were forgotten here, and their list, {SuppressionList.Folder}/{SuppressionList.File} of the output folder, is not there; "
                    + "put it back from a copy with its key: without it they would come back with the logs");
            }
            if (!File.Exists(state))
            {
                // A forget before the first night leaves none; the folder of a night has one.
                if (manifest.Hash == StageManifest.ForgottenFact || manifest.Outputs.Any(o => o.Path == IngestArtifacts.Users))
                    throw new ArtifactException(before, "the kept state of the last night is not there; put the folder back from a copy");
                state = null;
            }
        }
        var history = IngestStage.HistoryOf.ToDictionary(name => name, IReadOnlyList<double> (name) => [.. ledger.CheckHistory(name, HistoryNights).Reverse()]);
        var result = new IngestStage(reader, writer)
            .Run(new IngestInputs(state, history, Between)
            {
                Horizon = Horizon(work.Context.Time),
                EarlierWindows = EarlierWindows,
                IsForgotten = suppressed is { Count: > 0 } ? suppressed.Contains : null,
            }, options, work.Folder, work.Context);
        ledger.SaveQuarantine(work.RunId, QuarantineSummary.Of(work.RunId, reader, work.Output(IngestArtifacts.Quarantine), work.Context.Cancellation));
        work.Facts["parquet"] = reader.Engine;
        work.Facts["windowFrom"] = Day(result.Report.FirstEvent);
        work.Facts["windowTo"] = Day(result.Report.LastEvent);
        work.Check(result.Report.Constraints);
        return Task.CompletedTask;
    }

    // The end of tomorrow, since somewhere it has begun: two runs of one day are equal, and a log of 2031 is not believed.
    private static uint Horizon(TimeProvider time) =>
        (uint)Math.Clamp(new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date.AddDays(2)).ToUnixTimeSeconds() - 1, 0, uint.MaxValue);

    private static string Day(string? moment) => moment?[..10] ?? "";
}
