using Parquet;
using Parquet.Schema;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Writing;

/// <summary>Of one column of a row group what readers skip by.</summary>
/// <param name="Least">As the format stores it; null where there is none.</param>
internal sealed record ChunkStatistics(int Nulls, byte[]? Least, byte[]? Greatest);

/// <summary>One column's rows of the row group that is being gathered: values that are no nulls, and a level a row.</summary>
internal abstract class ColumnGroup(DataField stored)
{
    private int[] _levels = [];
    private int _rows;

    /// <summary>The leaf that values go to.</summary>
    public DataField Stored => stored;

    /// <summary>The column as the schema has it: the leaf, or what stands around it.</summary>
    public virtual Field SchemaField => stored;

    protected int Nulls { get; private set; }

    protected ReadOnlyMemory<int> Levels => _levels.AsMemory(0, _rows);

    public static ColumnGroup Create(ColumnField field, string name) => field.Type switch
    {
        ColumnType.Int32 => new ValueGroup<int>(new DataField<int>(name, nullable: true)),
        ColumnType.Int64 => new ValueGroup<long>(new DataField<long>(name, nullable: true)),
        ColumnType.Timestamp => new TimeGroup(new DataField<long>(name, nullable: true), field),
        ColumnType.Double => new ValueGroup<double>(new DataField<double>(name, nullable: true)),
        ColumnType.Boolean => new ValueGroup<bool>(new DataField<bool>(name, nullable: true)),
        ColumnType.Utf8 => new TextGroup(new DataField<string>(name, nullable: true)),
        ColumnType.FloatList => ListGroup.Create(name),
        _ => throw new ArgumentException($"column '{field.Name}' is {field.Type}, which is not written", nameof(field)),
    };

    public void Append(Column column, int first, int rows)
    {
        if (_levels.Length < _rows + rows) Array.Resize(ref _levels, Math.Max(_rows + rows, _levels.Length * 2));
        var levels = _levels.AsSpan(_rows, rows);
        levels.Fill(1);
        if (column.Validity is not null)
            for (int row = 0; row < rows; row++)
                if (column.IsNull(first + row))
                {
                    levels[row] = 0;
                    Nulls++;
                }
        Take(column, first, levels);
        _rows += rows;
    }

    public abstract Task WriteAsync(ParquetRowGroupWriter group);

    public abstract ChunkStatistics Statistics();

    public virtual void Clear() => (_rows, Nulls) = (0, 0);

    protected abstract void Take(Column column, int first, ReadOnlySpan<int> levels);
}

internal class ValueGroup<T>(DataField stored) : ColumnGroup(stored) where T : unmanaged, IComparable<T>
{
    private T[] _values = [];
    private int _count;

    public override Task WriteAsync(ParquetRowGroupWriter group) =>
        group.WriteAllPartsAsync<T>(Stored, _values.AsMemory(0, _count), Levels, null, CancellationToken.None);

    // Of reals a NaN would have to be told apart, and no reader of these tables skips by them.
    public override ChunkStatistics Statistics()
    {
        var values = _values.AsSpan(0, _count);
        if (_count == 0 || typeof(T) == typeof(double) || typeof(T) == typeof(bool)) return new(Nulls, null, null);
        T least = values[0], greatest = values[0];
        foreach (var value in values)
        {
            if (value.CompareTo(least) < 0) least = value;
            if (value.CompareTo(greatest) > 0) greatest = value;
        }
        return new(Nulls, Bytes(least), Bytes(greatest));
    }

    public override void Clear()
    {
        base.Clear();
        _count = 0;
    }

    protected override void Take(Column column, int first, ReadOnlySpan<int> levels)
    {
        if (_values.Length < _count + levels.Length) Array.Resize(ref _values, Math.Max(_count + levels.Length, _values.Length * 2));
        var values = ((ValueColumn<T>)column).Values.Slice(first, levels.Length);
        int before = _count;
        if (!levels.Contains(0))
        {
            values.CopyTo(_values.AsSpan(_count));
            _count += values.Length;
        }
        else
        {
            for (int row = 0; row < values.Length; row++)
                if (levels[row] != 0) _values[_count++] = values[row];
        }
        Convert(_values.AsSpan(before, _count - before));
    }

    protected virtual void Convert(Span<T> values)
    {
    }

    private static byte[] Bytes(T value) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();
}

/// <summary>Times in a unit that Parquet has (<see cref="Times"/>).</summary>
internal sealed class TimeGroup(DataField stored, ColumnField field) : ValueGroup<long>(stored)
{
    protected override void Convert(Span<long> values)
    {
        var (multiply, divide) = Times.Factors(field);
        if (multiply == 1 && divide == 1) return;
        for (int i = 0; i < values.Length; i++)
        {
            long value = values[i];
            if (Int128.Abs((Int128)value * multiply) > long.MaxValue)
                throw new ArgumentException($"column '{field.Name}': {value} {field.Unit} is beyond the range of a Parquet timestamp");
            // Downwards, before 1970 too.
            values[i] = divide == 1 ? value * multiply : Math.DivRem(value, divide) is var (quotient, rest) && rest < 0 ? quotient - 1 : quotient;
        }
    }
}
