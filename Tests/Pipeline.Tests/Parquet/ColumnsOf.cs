using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Columns from plain lists, and back.</summary>
internal static class ColumnsOf
{
    public static ValueColumn<int> Int32(string name, params int?[] values) => Values(new ColumnField(name, ColumnType.Int32), values);

    public static ValueColumn<long> Int64(string name, params long?[] values) => Values(new ColumnField(name, ColumnType.Int64), values);

    public static ValueColumn<double> Double(string name, params double?[] values) => Values(new ColumnField(name, ColumnType.Double), values);

    public static ValueColumn<bool> Boolean(string name, params bool?[] values) => Values(new ColumnField(name, ColumnType.Boolean), values);

    public static ValueColumn<long> Timestamp(string name, TimestampUnit unit, bool utc, params long?[] values) =>
        Values(new ColumnField(name, ColumnType.Timestamp, Unit: unit, IsUtc: utc), values);

    public static Utf8Column Text(string name, params string?[] values)
    {
        var offsets = new int[values.Length + 1];
        var bytes = new List<byte>();
        for (int i = 0; i < values.Length; i++)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(values[i] ?? ""));
            offsets[i + 1] = bytes.Count;
        }
        return new Utf8Column(new ColumnField(name, ColumnType.Utf8), values.Length, offsets, [.. bytes], Mask(values.Select(v => v is not null)));
    }

    /// <summary>Lists of float32; null for no list.</summary>
    public static FloatListColumn Lists(string name, params float[]?[] values)
    {
        var offsets = new int[values.Length + 1];
        for (int i = 0; i < values.Length; i++) offsets[i + 1] = offsets[i] + (values[i]?.Length ?? 0);
        return new FloatListColumn(
            new ColumnField(name, ColumnType.FloatList), values.Length, offsets, [.. values.SelectMany(v => v ?? [])], Mask(values.Select(v => v is not null)));
    }

    /// <summary>Boxed values of a column, null for null.</summary>
    public static IEnumerable<object?> Boxed(Column column)
    {
        for (int row = 0; row < column.Count; row++)
            yield return column.IsNull(row) ? null : column switch
            {
                ValueColumn<int> c => c.Values[row],
                ValueColumn<long> c => c.Values[row],
                ValueColumn<double> c => c.Values[row],
                ValueColumn<bool> c => c.Values[row],
                Utf8Column c => Encoding.UTF8.GetString(c[row]),
                _ => throw new InvalidOperationException(column.GetType().Name),
            };
    }

    private static ValueColumn<T> Values<T>(ColumnField field, T?[] values) where T : unmanaged =>
        new(field, values.Length, [.. values.Select(v => v ?? default)], Mask(values.Select(v => v is not null)));

    private static ulong[]? Mask(IEnumerable<bool> present)
    {
        bool[] all = [.. present];
        if (!all.Contains(false)) return null;
        var mask = new ulong[(all.Length + 63) / 64];
        for (int i = 0; i < all.Length; i++) if (all[i]) mask[i >> 6] |= 1UL << (i & 63);
        return mask;
    }
}
