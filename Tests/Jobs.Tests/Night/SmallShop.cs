using System.Globalization;
using System.Text;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>A shop in a folder of its own: a log of a few rows, a mapping, and nights over it through the command line.</summary>
internal sealed class SmallShop : IDisposable
{
    private static readonly ColumnField[] Fields =
    [
        new("user", ColumnType.Utf8), new("item", ColumnType.Utf8), new("time", ColumnType.Timestamp, Unit: TimestampUnit.Seconds, IsUtc: true),
        new("qty", ColumnType.Int32),
    ];

    public SmallShop() => Folder = Directory.CreateTempSubdirectory("recsys-shop-").FullName;

    public string Folder { get; }

    public string Output => Path.Combine(Folder, "out");

    public string Config => Path.Combine(Folder, "night.json");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes the mapping and a log of purchases: <paramref name="rows"/> as user, item, day and quantity.</summary>
    public SmallShop With(IEnumerable<(string? User, string Item, int Day, int Quantity)> rows, string more = "", string items = "")
    {
        Add("a", rows);
        File.WriteAllText(Config, $$"""
            {
              "Ingest": {
                "Events": [ { "Path": "./log", "Columns": { "User": "user", "Item": "item", "Time": "time", "Quantity": "qty" } } ]{{(
                    items.Length > 0 ? ", " + items : "")}}
              },
              "Train": { "Algorithm": "ials", "Als": { "Rank": 8, "Iterations": 3 } },
              "Evaluate": { "Replicates": 100, "AucUsers": 0, "OverlapPairs": 0 },
              "Rank": { "Algorithm": "none" },
              "Diversify": { "Method": "mmr", "ListLength": 5 },
              "Runs": { "Threads": 1 }{{(more.Length > 0 ? ", " + more : "")}}
            }
            """);
        return this;
    }

    /// <summary>Writes an item table of ids and titles to <c>items.parquet</c>.</summary>
    public SmallShop WithTitles(IReadOnlyList<(string Item, string Title)> items)
    {
        ColumnField[] fields = [new("item", ColumnType.Utf8), new("title", ColumnType.Utf8)];
        using var writer = ParquetFiles.Writer().Create(Path.Combine(Folder, "items.parquet"), fields);
        writer.Append([Text(fields[0], [.. items.Select(i => i.Item)]), Text(fields[1], [.. items.Select(i => i.Title)])], items.Count);
        writer.Complete();
        return this;
    }

    /// <summary>Adds a file to the log.</summary>
    public void Add(string file, IEnumerable<(string? User, string Item, int Day, int Quantity)> rows)
    {
        var log = rows.ToList();
        Directory.CreateDirectory(Path.Combine(Folder, "log"));
        using var writer = ParquetFiles.Writer().Create(Path.Combine(Folder, "log", file + ".parquet"), Fields);
        if (log.Count > 0)
        {
            writer.Append(
                [
                    Text(Fields[0], [.. log.Select(r => r.User)]),
                    Text(Fields[1], [.. log.Select(r => (string?)r.Item)]),
                    new ValueColumn<long>(Fields[2], log.Count, [.. log.Select(r => 1_300_000_000L + r.Day * 86_400L)]),
                    new ValueColumn<int>(Fields[3], log.Count, [.. log.Select(r => r.Quantity)]),
                ],
                log.Count);
        }
        writer.Complete();
    }

    public Task<Called> Run(params string[] args) => Called.With([args[0], .. args[1..], "--config", Config, "--out", Output]);

    /// <summary>40 users in two tastes over 16 items, three weeks of purchases.</summary>
    public static IEnumerable<(string? User, string Item, int Day, int Quantity)> TwoTastes()
    {
        for (int user = 0; user < 40; user++)
            for (int n = 0; n < 7; n++)
            {
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"u{user:D2}"),
                    string.Create(CultureInfo.InvariantCulture, $"i{user % 2 * 8 + (user / 2 + n * 3 + n / 4) % 8:D2}"), n * 3, 1);
            }
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
