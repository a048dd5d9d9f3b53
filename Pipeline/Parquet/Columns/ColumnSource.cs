using System.Runtime.Intrinsics;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>One column on its way from pages into batches; its arrays are used again for the next batch.</summary>
internal abstract class ColumnSource(ColumnField field, int capacity) : IDisposable
{
    private readonly ulong[] _validity = new ulong[(capacity + 63) / 64];
    private bool _nulls;

    protected ColumnField Field { get; } = field;

    protected int Count { get; private set; }

    protected ulong[]? Validity => _nulls ? _validity : null;

    /// <summary>Bytes of text, or of list members, gathered so far.</summary>
    public virtual int TextBytes => 0;

    public virtual void Clear()
    {
        Count = 0;
        _nulls = false;
    }

    /// <summary>Begins to decode, where that can be done ahead.</summary>
    public virtual void Start()
    {
    }

    /// <summary>Rows at hand, decoding more where there are none: 1 to <paramref name="wanted"/>, or 0 at the end of the file.</summary>
    public abstract int Ready(int wanted);

    /// <summary>Whether the rows at hand can join those of the batch, or must wait for the next.</summary>
    public virtual bool Joins => true;

    /// <summary>Puts rows that are at hand into the batch.</summary>
    public void Append(int rows)
    {
        Take(rows);
        Count += rows;
    }

    public abstract Column ToColumn();

    public abstract void Dispose();

    protected abstract void Take(int rows);

    /// <summary>Marks which of the next rows have a value: those whose level is <paramref name="present"/>. Returns how many.</summary>
    protected int Mark(ReadOnlySpan<int> levels, int present)
    {
        int values = levels.Count(present);
        if (values == levels.Length)
        {
            if (_nulls) SetBits(Count, levels.Length);
            return values;
        }
        if (!_nulls)
        {
            _nulls = true;
            _validity.AsSpan().Clear();
            SetBits(0, Count);
        }
        int row = 0;
        if (Vector512.IsHardwareAccelerated && (Count & 15) == 0)
        {
            var wanted = Vector512.Create(present);
            for (; row + 16 <= levels.Length; row += 16)
            {
                ulong bits = Vector512.Equals(Vector512.Create(levels[row..]), wanted).ExtractMostSignificantBits();
                int at = Count + row;
                _validity[at >> 6] = _validity[at >> 6] & ~(0xFFFFUL << (at & 63)) | bits << (at & 63);
            }
        }
        for (; row < levels.Length; row++)
        {
            int at = Count + row;
            ulong bit = 1UL << (at & 63);
            _validity[at >> 6] = levels[row] == present ? _validity[at >> 6] | bit : _validity[at >> 6] & ~bit;
        }
        return values;
    }

    private void SetBits(int first, int count)
    {
        for (; count > 0 && (first & 63) != 0; first++, count--) _validity[first >> 6] |= 1UL << (first & 63);
        for (; count >= 64; first += 64, count -= 64) _validity[first >> 6] = ulong.MaxValue;
        if (count > 0) _validity[first >> 6] |= (1UL << count) - 1;
    }
}
