using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>What <see cref="SyntheticLog.Write"/> left in the folder.</summary>
internal sealed record SyntheticFiles(IReadOnlyList<string> Events, string Items, long EventRows);

/// <summary>
/// Writes a <see cref="SyntheticShop"/> as Parquet: <c>events/2026-01-01.parquet</c>, one file a day (user_id, item_id int64; event_type text;
/// event_time microseconds UTC; quantity int32; price double), and <c>items.parquet</c> (item_id, title, category, brand, price, list_price, stock, added,
/// recalled, ships_to).
/// </summary>
internal static class SyntheticLog
{
    private const int BatchRows = 1 << 16;

    private static readonly ColumnField[] EventFields =
    [
        new("user_id", ColumnType.Int64),
        new("item_id", ColumnType.Int64),
        new("event_type", ColumnType.Utf8),
        new("event_time", ColumnType.Timestamp, Unit: TimestampUnit.Microseconds, IsUtc: true),
        new("quantity", ColumnType.Int32),
        new("price", ColumnType.Double),
    ];

    private static readonly ColumnField[] ItemFields =
    [
        new("item_id", ColumnType.Int64),
        new("title", ColumnType.Utf8),
        new("category", ColumnType.Utf8),
        new("brand", ColumnType.Utf8),
        new("price", ColumnType.Double),
        new("list_price", ColumnType.Double),
        new("stock", ColumnType.Int32),
        new("added", ColumnType.Timestamp, Unit: TimestampUnit.Microseconds, IsUtc: true),
        new("recalled", ColumnType.Boolean),
        new("ships_to", ColumnType.Utf8),
    ];

    private static readonly byte[][] TypeNames = [.. new[] { "view", "cart", "purchase", "return" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>
    /// Days are made side by side on the context's threads; memory is some batches a thread plus the shop's tables (about 30 bytes a user and 60 an item).
    /// </summary>
    /// <exception cref="Errors.ConfigurationException">Parameters out of range.</exception>
    public static SyntheticFiles Write(SyntheticParameters parameters, string folder, IParquetWriter writer, StageContext context)
    {
        var check = new OptionsCheck("generate");
        parameters.Validate(check);
        check.ThrowIfAny();
        var shop = new SyntheticShop(parameters);
        string items = Path.Combine(folder, "items.parquet");
        WriteItems(shop, parameters.Items, items, writer, context.Cancellation);
        var files = new string[parameters.Days];
        long done = 0;
        var gate = new Lock();
        context.ForEachPiece(parameters.Days, day =>
        {
            string name = parameters.FirstDay.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".parquet";
            files[day] = Path.Combine(folder, "events", name);
            WriteDay(shop, First(parameters, day), First(parameters, day + 1), files[day], writer, rows =>
            {
                lock (gate) context.Progress.Step("events", done += rows, parameters.Events, "row");
            }, context.Cancellation);
        });
        return new(files, items, parameters.Events);
    }

    // Times ascend with the row, evenly, so a day's rows are the first n whose time is not yet of the next day.
    private static long First(SyntheticParameters p, int day) => (long)(((UInt128)(ulong)day * (ulong)p.Events + (ulong)p.Days - 1) / (ulong)p.Days);

    private static void WriteDay(
        SyntheticShop shop, long first, long end, string file, IParquetWriter writer, Action<int> written, CancellationToken cancellation)
    {
        using var output = writer.Create(file, EventFields);
        var batch = new EventBatch(BatchRows);
        for (long n = first; n < end; n += BatchRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = (int)Math.Min(BatchRows, end - n);
            output.Append(batch.Fill(shop, n, rows), rows);
            written(rows);
        }
        output.Complete();
    }

    private static void WriteItems(SyntheticShop shop, int items, string file, IParquetWriter writer, CancellationToken cancellation)
    {
        using var output = writer.Create(file, ItemFields);
        for (int first = 0; first < items; first += BatchRows)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = Math.Min(BatchRows, items - first);
            var range = Enumerable.Range(first, rows).ToArray();
            output.Append(
            [
                new ValueColumn<long>(ItemFields[0], rows, [.. range.Select(i => (long)i)]),
                Text(ItemFields[1], range.Select(shop.Title)),
                Text(ItemFields[2], range.Select(shop.Category)),
                Text(ItemFields[3], range.Select(shop.Brand)),
                new ValueColumn<double>(ItemFields[4], rows, [.. range.Select(shop.Price)]),
                new ValueColumn<double>(ItemFields[5], rows, [.. range.Select(shop.ListPrice)]),
                new ValueColumn<int>(ItemFields[6], rows, [.. range.Select(shop.Stock)]),
                new ValueColumn<long>(ItemFields[7], rows, [.. range.Select(shop.Added)]),
                new ValueColumn<bool>(ItemFields[8], rows, [.. range.Select(shop.IsRecalled)]),
                Text(ItemFields[9], range.Select(shop.ShipsTo)),
            ], rows);
        }
        output.Complete();
    }

    private static Utf8Column Text(ColumnField field, IEnumerable<string?> values)
    {
        string?[] all = [.. values];
        var (offsets, valid) = (new int[all.Length + 1], new ulong[(all.Length + 63) / 64]);
        using var bytes = new MemoryStream();
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] is { } value)
            {
                bytes.Write(Encoding.UTF8.GetBytes(value));
                valid[i >> 6] |= 1UL << (i & 63);
            }
            offsets[i + 1] = (int)bytes.Length;
        }
        return new Utf8Column(field, all.Length, offsets, bytes.ToArray(), valid);
    }

    /// <summary>The arrays of one thread.</summary>
    private sealed class EventBatch(int capacity)
    {
        private readonly long[] _users = new long[capacity], _items = new long[capacity], _times = new long[capacity];
        private readonly int[] _quantities = new int[capacity], _typeOffsets = new int[capacity + 1];
        private readonly byte[] _types = new byte[capacity * 8];
        private readonly double[] _prices = new double[capacity];
        private readonly ulong[] _hasUser = new ulong[(capacity + 63) / 64], _hasItem = new ulong[(capacity + 63) / 64];

        public Column[] Fill(SyntheticShop shop, long first, int rows)
        {
            Array.Clear(_hasUser);
            Array.Clear(_hasItem);
            for (int row = 0; row < rows; row++)
            {
                var e = shop.Event(first + row);
                if (e.User >= 0) _hasUser[row >> 6] |= 1UL << (row & 63);
                if (e.Item >= 0) _hasItem[row >> 6] |= 1UL << (row & 63);
                (_users[row], _items[row]) = (Math.Max(0, e.User), Math.Max(0, e.Item));
                (_times[row], _quantities[row], _prices[row]) = (e.Time, e.Quantity, e.Price);
                var type = TypeNames[(int)e.Type];
                type.CopyTo(_types, _typeOffsets[row]);
                _typeOffsets[row + 1] = _typeOffsets[row] + type.Length;
            }
            return
            [
                new ValueColumn<long>(EventFields[0], rows, _users, _hasUser),
                new ValueColumn<long>(EventFields[1], rows, _items, _hasItem),
                new Utf8Column(EventFields[2], rows, _typeOffsets, _types),
                new ValueColumn<long>(EventFields[3], rows, _times),
                new ValueColumn<int>(EventFields[4], rows, _quantities),
                new ValueColumn<double>(EventFields[5], rows, _prices),
            ];
        }
    }
}
