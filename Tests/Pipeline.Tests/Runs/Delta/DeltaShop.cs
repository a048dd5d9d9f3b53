using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

/// <summary>The generated shop of <see cref="SmallNight"/>, and what few people did in it on the day after.</summary>
internal static class DeltaShop
{
    /// <summary>A user of the log, and two that it does not know.</summary>
    public const string Known = "7", New = "900001", OnlyNewItems = "900002";

    /// <summary>No item of the log or of the items' table.</summary>
    public const string NewItem = "5000";

    private static readonly ColumnField[] Fields =
    [
        new("user_id", ColumnType.Int64),
        new("item_id", ColumnType.Int64),
        new("event_type", ColumnType.Utf8),
        new("event_time", ColumnType.Timestamp, Unit: TimestampUnit.Microseconds, IsUtc: true),
        new("quantity", ColumnType.Int32),
        new("price", ColumnType.Double),
    ];

    public static void WriteLog(string log) => SmallNight.WriteLog(log, days: 3);

    /// <summary>What came since the night: purchases by a known user, by a new one, and of a new item.</summary>
    /// <param name="bought">What <see cref="Known"/> bought.</param>
    public static void NextDay(string log, string bought, string name = "2026-01-09") =>
        Write(log, name, (Known, bought), (Known, NewItem), (New, "3"), (New, "11"), (New, "20"), (OnlyNewItems, NewItem));

    public static PipelineOptions Options(string log, string output, int threads = 2)
    {
        var night = SmallNight.Options(log, output, threads);
        night.Ingest.Items!.UnlistedAvailable = true;
        night.Embed.Model = "none";
        return night;
    }

    public static Task<RunReport> Delta(PipelineOptions night, IRunObserver? observer = null) =>
        SmallNight.Run(night, observer, new RunRequest(RunRequest.Delta));

    /// <summary>Every entry of the current version by user, spelled out.</summary>
    public static Dictionary<string, string> Lists(IOutputStore store, string? version = null) =>
        store.Lists(version ?? store.Current!).ToDictionary(
            l => l.UserId,
            l => string.Join('\n', store.List(l.UserId, version).Select(e => $"{e with { ReasonItems = [] }} {string.Join(',', e.ReasonItems)}")));

    /// <param name="name">A day, and whatever tells its files apart.</param>
    /// <param name="purchases">Who bought what; a guest has no id.</param>
    public static void Write(string log, string name, params (string User, string Item)[] purchases)
    {
        int rows = purchases.Length;
        var known = new ulong[(rows + 63) / 64];
        for (int r = 0; r < rows; r++)
            if (purchases[r].User.Length > 0) known[r >> 6] |= 1UL << (r & 63);
        using var to = ParquetFiles.Writer().Create(Path.Combine(log, "events", name + ".parquet"), Fields);
        long day = new DateTimeOffset(DateTime.SpecifyKind(
            DateTime.ParseExact(name[..10], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
            DateTimeKind.Utc)).ToUnixTimeMilliseconds() * 1000;
        byte[] kind = Encoding.UTF8.GetBytes("purchase");
        if (rows > 0)
        {
            to.Append(
                [
                    new ValueColumn<long>(
                        Fields[0], rows,
                        [.. purchases.Select(p => p.User.Length == 0 ? 0 : long.Parse(p.User, System.Globalization.CultureInfo.InvariantCulture))], known),
                    new ValueColumn<long>(Fields[1], rows, [.. purchases.Select(p => long.Parse(p.Item, System.Globalization.CultureInfo.InvariantCulture))]),
                    new Utf8Column(
                        Fields[2], rows, [.. Enumerable.Range(0, rows + 1).Select(r => r * kind.Length)],
                        [.. Enumerable.Repeat(kind, rows).SelectMany(k => k)]),
                    new ValueColumn<long>(Fields[3], rows, [.. Enumerable.Range(0, rows).Select(r => day + r * 60_000_000L)]),
                    new ValueColumn<int>(Fields[4], rows, [.. Enumerable.Repeat(1, rows)]),
                    new ValueColumn<double>(Fields[5], rows, [.. Enumerable.Repeat(2.5, rows)]),
                ],
                rows);
        }
        to.Complete();
    }
}
