using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>Gathers the vectors of several chunks into one column of a batch; its arrays are used again for the next batch.</summary>
internal abstract unsafe class ColumnBuffer(ColumnField field, int capacity)
{
    private readonly ulong[] _validity = new ulong[(capacity + 63) / 64];
    private bool _nulls;

    protected ColumnField Field { get; } = field;

    protected int Count { get; private set; }

    protected ulong[]? Validity => _nulls ? _validity : null;

    public static ColumnBuffer Create(SourceColumn source, int capacity)
    {
        var field = source.Field!;
        return field.Type switch
        {
            ColumnType.Int32 => new ValueBuffer<int>(field, capacity),
            ColumnType.Int64 or ColumnType.Timestamp => new ValueBuffer<long>(field, capacity),
            ColumnType.Double => new ValueBuffer<double>(field, capacity),
            ColumnType.Boolean => new ValueBuffer<bool>(field, capacity),
            ColumnType.FloatList => new FloatListBuffer(field, capacity),
            _ => new Utf8Buffer(field, capacity, check: source.Type == DuckDbType.Blob),
        };
    }

    public void Clear()
    {
        Count = 0;
        _nulls = false;
    }

    public void Append(nint vector, int rows)
    {
        ulong* validity = DuckDbNative.VectorValidity(vector);
        int nulls = validity is null ? 0 : rows - CountSet(validity, rows);
        if (nulls > 0 && !_nulls)
        {
            _nulls = true;
            _validity.AsSpan().Fill(ulong.MaxValue);
        }
        if (_nulls)
            for (int row = 0; row < rows; row++)
            {
                int at = Count + row;
                if (nulls > 0 && (validity[row >> 6] >> (row & 63) & 1) == 0) _validity[at >> 6] &= ~(1UL << (at & 63));
            }
        Copy(vector, nulls > 0 ? validity : null, rows);
        Count += rows;
    }

    public abstract Column ToColumn();

    /// <summary>Bytes of text, or of list members, gathered so far.</summary>
    public virtual int TextBytes => 0;

    protected abstract void Copy(nint vector, ulong* validity, int rows);

    private static int CountSet(ulong* validity, int rows)
    {
        int set = 0, word = 0;
        for (; (word + 1) * 64 <= rows; word++) set += BitOperations.PopCount(validity[word]);
        if (rows % 64 != 0) set += BitOperations.PopCount(validity[word] & ((1UL << rows % 64) - 1));
        return set;
    }
}

internal sealed unsafe class ValueBuffer<T>(ColumnField field, int capacity) : ColumnBuffer(field, capacity) where T : unmanaged
{
    private readonly T[] _values = new T[capacity];

    public override Column ToColumn() => new ValueColumn<T>(Field, Count, _values, Validity);

    protected override void Copy(nint vector, ulong* validity, int rows)
    {
        new ReadOnlySpan<T>(DuckDbNative.VectorData(vector), rows).CopyTo(_values.AsSpan(Count));
        if (validity is null) return;
        for (int row = 0; row < rows; row++)
            if ((validity[row >> 6] >> (row & 63) & 1) == 0) _values[Count + row] = default;
    }
}

internal sealed unsafe class Utf8Buffer(ColumnField field, int capacity, bool check) : ColumnBuffer(field, capacity)
{
    private readonly int[] _offsets = new int[capacity + 1];
    private byte[] _bytes = new byte[capacity * 16];

    public override Column ToColumn() => new Utf8Column(Field, Count, _offsets, _bytes, Validity);

    public override int TextBytes => _offsets[Count];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Copy(nint vector, ulong* validity, int rows)
    {
        var texts = (DuckDbNative.Text*)DuckDbNative.VectorData(vector);
        int end = _offsets[Count];
        for (int row = 0; row < rows; row++)
        {
            if (validity is null || (validity[row >> 6] >> (row & 63) & 1) != 0)
            {
                uint length = texts[row].Length;
                if (length > _bytes.Length - end) Grow(end, length);
                byte* from = length <= 12 ? &texts[row].Inlined : texts[row].Pointer;
                var text = new ReadOnlySpan<byte>(from, (int)length);
                if (check && !Utf8.IsValid(text)) throw new DuckDbException($"column '{Field.Name}' holds bytes that are no UTF-8 text; leave it out of the columns to read");
                text.CopyTo(_bytes.AsSpan(end));
                end += (int)length;
            }
            _offsets[Count + row + 1] = end;
        }
    }

    private void Grow(int end, uint length)
    {
        long needed = (long)end + length;
        if (needed > Array.MaxLength) throw new DuckDbException($"column '{Field.Name}' has more than 2 GB of text in one batch");
        Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
    }
}
