using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary>A folder with logs, and nights over it.</summary>
internal sealed class IngestStep : IDisposable
{
    private int _nights;

    public string Folder { get; } = Directory.CreateTempSubdirectory("recsys-ingest-").FullName;

    public string Logs => Path.Combine(Folder, "logs");

    public FakeParquet Parquet { get; } = new();

    public IngestOptions Options { get; } = new()
    {
        Quality = { Users = new(), Items = new() },
        HoldOut = { Share = 0.5, ValidationShare = 0.5 },
    };

    public IngestStep(Action<EventSourceOptions>? source = null)
    {
        var events = new EventSourceOptions
        {
            Path = Logs,
            Columns = new() { User = "user", Item = "item", Time = "time", Quantity = "quantity", Price = "price", Group = "invoice" },
        };
        source?.Invoke(events);
        Options.Events.Add(events);
    }

    /// <summary>Adds a log of user, item, seconds, quantity, price and invoice.</summary>
    public string Log(string name, params (string? User, string? Item, long? Time, int? Quantity, double? Price, string? Invoice)[] rows) =>
        Parquet.Add(
            Path.Combine(Logs, name),
            ("user", rows.Select(r => r.User).ToArray()),
            ("item", rows.Select(r => r.Item).ToArray()),
            ("time", rows.Select(r => r.Time).ToArray()),
            ("quantity", rows.Select(r => r.Quantity).ToArray()),
            ("price", rows.Select(r => r.Price).ToArray()),
            ("invoice", rows.Select(r => r.Invoice).ToArray()));

    public IngestResult Run(
        string? previous = null, IReadOnlyDictionary<string, IReadOnlyList<double>>? history = null, int threads = 2, bool between = false) =>
        new IngestStage(Parquet, Parquet).Run(
            new IngestInputs(previous, history, between) { EarlierWindows = EarlierWindows }, Options,
            LastOutput = Path.Combine(Folder, $"night-{_nights++}"), StageContext.Quiet(threads));

    /// <summary>Windows before the validation window that are cut too.</summary>
    public int EarlierWindows { get; set; }

    public string LastOutput { get; private set; } = "";

    public string LastState => Path.Combine(LastOutput, IngestArtifacts.State);

    /// <summary>Quarantined rows of the last night as <c>file row reason column value</c>.</summary>
    public string[] Quarantined()
    {
        string path = Path.Combine(LastOutput, IngestArtifacts.Quarantine);
        var columns = new[] { "file", "row", "reason", "column", "value" }.Select(c => Parquet.Values(path, c)).ToArray();
        return [.. Enumerable.Range(0, columns[0].Length).Select(i => string.Join(' ', columns.Select(c => c.GetValue(i) ?? "-")))];
    }

    /// <summary>Interactions by external id: <c>user item weight lastSeen</c>, sorted.</summary>
    public static string[] Pairs(IngestResult night)
    {
        var rows = night.Interactions.ByUser;
        var pairs = new List<string>();
        for (int u = 0; u < rows.Rows; u++)
            for (int k = rows.Pointers[u]; k < rows.Pointers[u + 1]; k++)
                pairs.Add($"{night.Users.Text(u)} {night.Items.Text(rows.Indices[k])} {rows.Values[k]:R} {night.Interactions.LastSeen?[k]}");
        pairs.Sort(StringComparer.Ordinal);
        return [.. pairs];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
