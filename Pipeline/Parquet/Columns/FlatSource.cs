using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>A column that is not a list: a value or a null a row.</summary>
internal abstract class FlatSource<TRun>(ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, SemaphoreSlim? turns)
    : ColumnSource(field, capacity) where TRun : FlatRun, new()
{
    private readonly DecodedRuns<TRun> _runs = new(chunks, leaf, turns);
    private int _row;

    /// <summary>The run whose rows are at hand.</summary>
    protected TRun Run { get; private set; } = new();

    /// <summary>Place in the run of the next value.</summary>
    protected int NextValue { get; private set; }

    protected int Present => leaf.MaxDefinition;

    protected ReadOnlySpan<int> LevelsAhead => leaf.MaxDefinition > 0 ? Run.Levels.AsSpan(_row, Run.Rows - _row) : default;

    public override void Start() => _runs.Start();

    public override int Ready(int wanted)
    {
        while (_row == Run.Rows)
        {
            if (_runs.Next() is not { } run) return 0;
            (Run, _row, NextValue) = (run, 0, 0);
        }
        return Fitting(Math.Min(wanted, Run.Rows - _row));
    }

    public override void Dispose()
    {
        _runs.Finish();
        chunks.Dispose();
    }

    /// <summary>Of so many rows those whose text a batch can take.</summary>
    protected virtual int Fitting(int rows) => rows;

    protected override void Take(int rows)
    {
        var levels = leaf.MaxDefinition > 0 ? Run.Levels.AsSpan(_row, rows) : default;
        // A column without levels has no nulls, so no mask either.
        int present = leaf.MaxDefinition > 0 ? Mark(levels, leaf.MaxDefinition) : rows;
        try
        {
            Put(present, levels, rows);
        }
        catch (InvalidDataException e)
        {
            throw chunks.Refused(e.Message, e);
        }
        _row += rows;
        NextValue += present;
    }

    /// <param name="count">Values of these rows, from <see cref="NextValue"/> on.</param>
    /// <param name="levels">Of each row, empty where no row can be null; a row has a value where its level is <see cref="Present"/>.</param>
    protected abstract void Put(int count, ReadOnlySpan<int> levels, int rows);

    /// <summary>
    /// Values lie at the front, one behind the other: each goes to its row, from the back, before another lands there. Nulls become <paramref name="absent"/>.
    /// </summary>
    protected void Spread<T>(Span<T> into, int count, ReadOnlySpan<int> levels, T absent)
    {
        if (count == into.Length) return;
        int next = count, present = Present;
        for (int row = into.Length - 1; row >= 0; row--) into[row] = levels[row] == present ? into[--next] : absent;
    }
}

/// <summary>Values of one width.</summary>
internal sealed class ValueSource<TStored, T>(
    ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, SemaphoreSlim? turns, Conversion<TStored, T> convert)
    : FlatSource<ValueRun<TStored>>(field, capacity, chunks, leaf, turns)
    where TStored : struct
    where T : unmanaged
{
    private readonly T[] _values = new T[capacity];

    public override Column ToColumn() => new ValueColumn<T>(Field, Count, _values, Validity);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Put(int count, ReadOnlySpan<int> levels, int rows)
    {
        var into = _values.AsSpan(Count, rows);
        convert(Run.Values.AsSpan(NextValue, count), into[..count]);
        Spread(into, count, levels, default);
    }
}

internal delegate void Conversion<TStored, T>(ReadOnlySpan<TStored> from, Span<T> to);
