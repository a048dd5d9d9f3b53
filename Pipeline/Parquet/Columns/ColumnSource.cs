using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Pages;

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

    public void Clear()
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

/// <summary>A column that is not a list: a value or a null a row.</summary>
/// <typeparam name="TStored">What the library gives of a value.</typeparam>
internal abstract class FlatSource<TStored>(ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, TaskScheduler? threads)
    : ColumnSource(field, capacity) where TStored : struct
{
    private readonly DecodedRuns<TStored> _runs = new(chunks, leaf, threads);
    private TStored[] _values = [];
    private int[] _levels = [];
    private int _row, _rows, _value;

    public override void Start() => _runs.Start();

    public override int Ready(int wanted)
    {
        while (_row == _rows)
        {
            if (_runs.Next() is not { } run) return 0;
            (_values, _levels, _row, _rows, _value) = (run.Values, run.Levels, 0, run.Rows, 0);
        }
        return Fitting(Math.Min(wanted, _rows - _row));
    }

    public override void Dispose() => chunks.Dispose();

    /// <summary>Of so many rows those whose text a batch can take.</summary>
    protected virtual int Fitting(int rows) => rows;

    protected ReadOnlySpan<TStored> ValuesAhead => _values.AsSpan(_value);

    protected ReadOnlySpan<int> LevelsAhead => leaf.MaxDefinition > 0 ? _levels.AsSpan(_row, _rows - _row) : default;

    protected override void Take(int rows)
    {
        var levels = leaf.MaxDefinition > 0 ? _levels.AsSpan(_row, rows) : default;
        int present = leaf.MaxDefinition > 0 ? Mark(levels, leaf.MaxDefinition) : Mark(rows);
        try
        {
            Put(_values.AsSpan(_value, present), levels, rows);
        }
        catch (InvalidDataException e)
        {
            throw chunks.Refused(e.Message, e);
        }
        _row += rows;
        _value += present;
    }

    /// <param name="levels">Of each row, empty where no row can be null; a row has a value where its level is <see cref="Present"/>.</param>
    protected abstract void Put(ReadOnlySpan<TStored> values, ReadOnlySpan<int> levels, int rows);

    protected int Present => leaf.MaxDefinition;

    // A column without levels has no nulls, so no mask either.
    private static int Mark(int rows) => rows;
}

/// <summary>Values of one width.</summary>
internal sealed class ValueSource<TStored, T>(
    ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, TaskScheduler? threads, Conversion<TStored, T> convert)
    : FlatSource<TStored>(field, capacity, chunks, leaf, threads)
    where TStored : struct
    where T : unmanaged
{
    private readonly T[] _values = new T[capacity];

    public override Column ToColumn() => new ValueColumn<T>(Field, Count, _values, Validity);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Put(ReadOnlySpan<TStored> values, ReadOnlySpan<int> levels, int rows)
    {
        var into = _values.AsSpan(Count, rows);
        convert(values, into[..values.Length]);
        if (values.Length == rows) return;
        // From the back, each value goes to its row before another lands there.
        int next = values.Length, present = Present;
        for (int row = rows - 1; row >= 0; row--)
        {
            if (levels[row] == present) into[row] = into[--next];
            else into[row] = default;
        }
    }
}

internal delegate void Conversion<TStored, T>(ReadOnlySpan<TStored> from, Span<T> to);
