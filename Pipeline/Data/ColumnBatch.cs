using System.Numerics;

namespace Recsys.Batch.Pipeline.Data;

internal enum ColumnType
{
    Int32,
    Int64,
    Double,
    Boolean,
    Utf8,
    Timestamp,

    /// <summary>A list of float32 a row.</summary>
    FloatList,
}

internal enum TimestampUnit
{
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>Name and type of a column. <paramref name="Unit"/> and <paramref name="IsUtc"/> speak of timestamps only:
/// ticks of that unit since 1970-01-01T00:00, an instant when <paramref name="IsUtc"/>, else a wall-clock reading.
/// <paramref name="IsDigits"/> speaks of text only: it is a number, in decimal digits, that no other type here holds exactly.
/// <paramref name="Bits"/> speaks of doubles only: how wide the file has them.</summary>
internal sealed record ColumnField(
    string Name,
    ColumnType Type,
    bool Nullable = true,
    TimestampUnit Unit = TimestampUnit.Microseconds,
    bool IsUtc = false,
    bool IsDigits = false,
    int Bits = 64);

/// <summary>Some rows of one file as typed columns. Valid until the reader moves on: copy what must live longer.</summary>
internal sealed class ColumnBatch(string file, long firstRow, int rowCount, IReadOnlyList<Column> columns)
{
    /// <summary>The file that the rows came from.</summary>
    public string File { get; } = file;

    /// <summary>Zero-based number in <see cref="File"/> of the batch's first row.</summary>
    public long FirstRow { get; } = firstRow;

    public int RowCount { get; } = rowCount;

    public IReadOnlyList<Column> Columns { get; } = columns;

    public Column this[string name] =>
        Columns.FirstOrDefault(c => c.Field.Name == name)
        ?? throw new KeyNotFoundException($"{File} has no column '{name}' in this batch; it has {string.Join(", ", Columns.Select(c => c.Field.Name))}");

    /// <summary>The column of that name; null where there is none, or no name.</summary>
    public Column? Find(string? name) => name is null ? null : Columns.FirstOrDefault(c => c.Field.Name == name);

    public T Column<T>(string name) where T : Column =>
        this[name] as T ?? throw new InvalidCastException($"{File}: column '{name}' is {this[name].Field.Type}, not {typeof(T).Name}");
}

/// <summary>One column of a batch: values plus an optional validity mask (1 bit a row, set = not null; null = no nulls).</summary>
internal abstract class Column(ColumnField field, int count, ulong[]? validity)
{
    public ColumnField Field { get; } = field;

    public int Count { get; } = count;

    public ulong[]? Validity { get; } = validity;

    public bool IsNull(int row) => Validity is not null && (Validity[row >> 6] >> (row & 63) & 1) == 0;

    public int NullCount
    {
        get
        {
            if (Validity is null) return 0;
            int values = 0, last = Count >> 6;
            foreach (ulong word in Validity.AsSpan(0, last)) values += BitOperations.PopCount(word);
            if ((Count & 63) != 0) values += BitOperations.PopCount(Validity[last] & (1UL << (Count & 63)) - 1);
            return Count - values;
        }
    }
}

/// <summary>Fixed-width values: <c>int</c>, <c>long</c>, <c>double</c> or <c>bool</c>; timestamps are <c>long</c>. A null row holds default.</summary>
internal sealed class ValueColumn<T>(ColumnField field, int count, T[] values, ulong[]? validity = null)
    : Column(field, count, validity) where T : unmanaged
{
    private readonly T[] _values = values;

    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);
}

/// <summary>
/// Lists of numbers as float32: row i is <c>Values[Offsets[i]..Offsets[i + 1]]</c>. A null row is empty; a null inside of a list is NaN.
/// </summary>
internal sealed class FloatListColumn(ColumnField field, int count, int[] offsets, float[] values, ulong[]? validity = null)
    : Column(field, count, validity)
{
    /// <summary>Members that the lists of one batch may have in all: 1 GiB.</summary>
    public const int MaxMembers = 1 << 28;

    private readonly int[] _offsets = offsets;
    private readonly float[] _values = values;

    /// <summary><see cref="Column.Count"/> + 1 ascending offsets into <see cref="Values"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Count + 1);

    public ReadOnlySpan<float> Values => _values.AsSpan(0, _offsets[Count]);

    public ReadOnlySpan<float> this[int row] => _values.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);
}
