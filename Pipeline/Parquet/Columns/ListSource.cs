using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>Lists of numbers as float32. A list may reach over pages and runs; it is whole when the next begins or the row group ends.</summary>
internal sealed class ListSource<TStored>(ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, Conversion<TStored, double> convert)
    : ColumnSource(field, capacity)
    where TStored : struct
{
    private const int MaxMemberCount = 16 << 20;

    private readonly int[] _offsets = new int[capacity + 1];
    private float[] _members = new float[capacity];
    private TStored[] _stored = [];
    private double[] _values = [];
    private int[] _definition = [], _repetition = [];
    private int _at, _entries, _value, _wholeRows;
    private bool _endsGroup;

    public override int TextBytes => (int)Math.Min(int.MaxValue, _offsets[Count] * (long)sizeof(float));

    public override int Ready(int wanted)
    {
        while (_wholeRows == 0)
            if (!More()) return 0;
        return Math.Min(wanted, _wholeRows);
    }

    public override Column ToColumn() => new FloatListColumn(Field, Count, _offsets, _members, Validity);

    public override void Dispose() => chunks.Dispose();

    protected override void Take(int rows)
    {
        Span<int> here = rows <= 1024 ? stackalloc int[rows] : new int[rows];
        int end = _offsets[Count];
        for (int row = 0; row < rows; row++)
        {
            // 1: a list, however short.
            here[row] = _definition[_at] >= leaf.ListDefinition - 1 ? 1 : 0;
            do
            {
                int level = _definition[_at];
                if (level >= leaf.ListDefinition)
                {
                    if (end == _members.Length) Grow();
                    _members[end++] = level == leaf.MaxDefinition ? Narrow(_values[_value++]) : float.NaN;
                }
                _at++;
            }
            while (_at < _entries && _repetition[_at] > 0);
            _offsets[Count + row + 1] = end;
        }
        Mark(here, 1);
        _wholeRows -= rows;
    }

    /// <summary>Another run behind what is left of the one before.</summary>
    private bool More()
    {
        if (chunks.Next() is not { } run)
        {
            if (_at < _entries) throw chunks.Damaged("its last list has no end");
            return false;
        }
        bool continues = !_endsGroup && _at < _entries;
        int left = continues ? _entries - _at : 0, kept = continues ? Kept() : 0;
        var decoded = (
            Stored: Sized(ref _stored, run.Values), Definition: new int[left + run.Values], Repetition: new int[left + run.Values],
            Values: new double[kept + run.Present]);
        var (definition, repetition) = (new int[run.Values], new int[run.Values]);
        try
        {
            LibraryDecoder.Decode(run, decoded.Stored, definition, repetition);
            convert(decoded.Stored.AsSpan(0, run.Present), decoded.Values.AsSpan(kept));
        }
        catch (InvalidDataException e)
        {
            throw chunks.Damaged(e.Message, e);
        }
        if (left == 0 && run.Values > 0 && repetition[0] != 0) throw chunks.Damaged("its first list has no beginning");
        _definition.AsSpan(_at, left).CopyTo(decoded.Definition);
        _repetition.AsSpan(_at, left).CopyTo(decoded.Repetition);
        _values.AsSpan(_value, kept).CopyTo(decoded.Values);
        definition.CopyTo(decoded.Definition, left);
        repetition.CopyTo(decoded.Repetition, left);
        (_definition, _repetition, _values) = (decoded.Definition, decoded.Repetition, decoded.Values);
        (_at, _entries, _value, _endsGroup) = (0, left + run.Values, 0, run.EndsGroup);
        _wholeRows = _repetition.AsSpan(0, _entries).Count(0) - (_endsGroup ? 0 : 1);
        if (_entries > MaxMemberCount + run.Values) throw chunks.Refused($"a list has more than {MaxMemberCount:N0} members");
        return true;
    }

    private int Kept()
    {
        int kept = 0;
        for (int at = _at; at < _entries; at++)
            if (_definition[at] == leaf.MaxDefinition) kept++;
        return kept;
    }

    private float Narrow(double value)
    {
        float narrow = (float)value;
        return float.IsInfinity(narrow) && !double.IsInfinity(value) ? throw chunks.Refused($"{value:R} is beyond the range of float32") : narrow;
    }

    private void Grow()
    {
        if (_members.Length >= FloatListColumn.MaxMembers) throw chunks.Refused($"it has more than {FloatListColumn.MaxMembers} list members in one batch");
        Array.Resize(ref _members, (int)Math.Min(FloatListColumn.MaxMembers, _members.Length * 2L));
    }

    private static TStored[] Sized(ref TStored[] array, int length) => array.Length >= length ? array : array = new TStored[length];
}
