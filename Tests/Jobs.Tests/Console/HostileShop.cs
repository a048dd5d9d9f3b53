using System.Globalization;
using System.Text;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>
/// A small shop whose customers, items and titles are attacks, and nights over it: two that publish, with a sweep between them, and one that a gate refuses.
/// </summary>
internal sealed class HostileShop : IDisposable
{
    public const string Script = "<script>window.pwned=1</script>";
    public const string Picture = "<img src=x onerror=\"window.pwned=1\">";

    /// <summary>A customer's id.</summary>
    public const string Customer = "\"><svg onload=window.pwned=1>&'/../%2e#?";

    private static readonly string[] Items =
        [
            Script, "a\"b'c", "../../etc/passwd", "'; DROP TABLE versions;--", "x/y?z=1&w=2#v", "{{7*7}}", "javascript:alert(1)", "日本語 品",
            "%3Cb%3E", "i 9",
            "\u202Egnp", "plain-11", "plain-12", "plain-13", "plain-14", "plain-15"];

    private static readonly ColumnField[] Fields =
    [
        new("user", ColumnType.Utf8), new("item", ColumnType.Utf8), new("title", ColumnType.Utf8),
        new("time", ColumnType.Timestamp, Unit: TimestampUnit.Seconds, IsUtc: true), new("qty", ColumnType.Int32),
    ];

    private HostileShop() => Folder = Directory.CreateTempSubdirectory("recsys-hostile-").FullName;

    public string Folder { get; }

    public string Output => Path.Combine(Folder, "out");

    public string Config => Path.Combine(Folder, "night.json");

    public static async Task<HostileShop> Open()
    {
        var shop = new HostileShop();
        shop.Write();
        await shop.Run(0, "nightly", "--set", "Diversify:Explore:Enabled=true");
        await shop.Click();
        await shop.Run(0, "sweep", "--set", "Sweep:Lambdas:0=0.1", "--set", "Sweep:Lambdas:1=1", "--set", "Sweep:Samples=2");
        await shop.Run(3, "nightly", "--set", "ListsGate:CoverageFail=1", "--set", "Diversify:ListLength=1", "--set", "Train:Algorithm=popularity");
        await shop.Run(0, "nightly", "--set", "Diversify:Lambda=0.9");
        return shop;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Opens a shop with its log alone: nothing has run.</summary>
    public static HostileShop Unopened()
    {
        var shop = new HostileShop();
        shop.Write();
        return shop;
    }

    /// <summary>Customers see the lists, and feedback looks at what they clicked.</summary>
    private async Task Click()
    {
        string clicks = Path.Combine(Folder, "clicks");
        var made = await Called.With("generate", "feedback", "--of", Output, "--out", clicks);
        Assert.AreEqual(0, made.ExitCode, made.ToString());
        await Run(0, "feedback", "--config", Path.Combine(clicks, "feedback.json"), "--set", "Feedback:MinEffectiveUsers=10");
    }

    private async Task Run(int exitCode, params string[] args)
    {
        var called = await Called.With(["run", .. args, "--config", Config, "--out", Output]);
        Assert.AreEqual(exitCode, called.ExitCode, called.ToString());
    }

    private void Write()
    {
        var rows = new List<(string? User, int Item, int Day, int Quantity)>();
        for (int user = 0; user < 40; user++)
            for (int n = 0; n < 7; n++)
                rows.Add((user == 0 ? Customer : string.Create(CultureInfo.InvariantCulture, $"u{user:D2}"), user % 2 * 8 + (user / 2 + n * 3) % 8, n * 3, 1));
        rows.Add((null, 0, 1, 1));
        rows.Add(("u01", 3, 1, 0));
        Directory.CreateDirectory(Path.Combine(Folder, "log"));
        using (var writer = ParquetFiles.Writer().Create(Path.Combine(Folder, "log", "a.parquet"), Fields))
        {
            writer.Append(
                [
                    Text(Fields[0], [.. rows.Select(r => r.User)]),
                    Text(Fields[1], [.. rows.Select(r => (string?)Items[r.Item])]),
                    Text(Fields[2], [.. rows.Select(r => r.Item % 3 == 0 ? Picture + r.Item : (string?)$"Item <b>{r.Item}</b> & co")]),
                    new ValueColumn<long>(Fields[3], rows.Count, [.. rows.Select(r => 1_300_000_000L + r.Day * 86_400L)]),
                    new ValueColumn<int>(Fields[4], rows.Count, [.. rows.Select(r => r.Quantity)]),
                ],
                rows.Count);
            writer.Complete();
        }
        File.WriteAllText(Config, """
            {
              "Ingest": {
                "Events": [ { "Path": "./log", "Columns": { "User": "user", "Item": "item", "Text": "title", "Time": "time", "Quantity": "qty" } } ]
              },
              "Train": { "Algorithm": "ials", "Als": { "Rank": 8, "Iterations": 3 } },
              "Embed": { "Model": "none" },
              "Evaluate": { "Replicates": 100, "AucUsers": 0, "OverlapPairs": 0 },
              "Rank": { "Algorithm": "none" },
              "Diversify": { "Method": "mmr", "ListLength": 5 },
              "Runs": { "Threads": 1 }
            }
            """);
    }

    private static Utf8Column Text(ColumnField field, string?[] values)
    {
        var offsets = new int[values.Length + 1];
        var valid = new ulong[(values.Length + 63) / 64];
        for (int i = 0; i < values.Length; i++)
        {
            offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(values[i] ?? "");
            if (values[i] is not null) valid[i >> 6] |= 1UL << (i & 63);
        }
        return new Utf8Column(field, values.Length, offsets, Encoding.UTF8.GetBytes(string.Concat(values)), valid);
    }
}
