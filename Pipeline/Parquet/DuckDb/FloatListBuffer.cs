using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>Lists of float32: each row's members are copied behind those of the row before.</summary>
internal sealed unsafe class FloatListBuffer(ColumnField field, int capacity) : ColumnBuffer(field, capacity)
{
    private readonly int[] _offsets = new int[capacity + 1];
    private float[] _values = new float[capacity];

    public override int TextBytes => (int)Math.Min(int.MaxValue, _offsets[Count] * (long)sizeof(float));

    public override Column ToColumn() => new FloatListColumn(Field, Count, _offsets, _values, Validity);

    protected override void Copy(nint vector, ulong* validity, int rows)
    {
        var lists = (DuckDbNative.ListEntry*)DuckDbNative.VectorData(vector);
        nint members = DuckDbNative.ListChild(vector);
        ulong count = DuckDbNative.ListSize(vector);
        float* values = (float*)DuckDbNative.VectorData(members);
        ulong* present = DuckDbNative.VectorValidity(members);
        int end = _offsets[Count];
        for (int row = 0; row < rows; row++)
        {
            if (validity is null || (validity[row >> 6] >> (row & 63) & 1) != 0)
            {
                var (offset, length) = (lists[row].Offset, lists[row].Length);
                if (offset > count || length > count - offset) throw new DuckDbException($"column '{Field.Name}' has a list that reaches beyond its members");
                if ((long)length > _values.Length - end) Grow(end, (long)length);
                new ReadOnlySpan<float>(values + offset, (int)length).CopyTo(_values.AsSpan(end));
                if (present is not null)
                {
                    for (ulong k = 0; k < length; k++)
                        if ((present[(offset + k) >> 6] >> (int)((offset + k) & 63) & 1) == 0) _values[end + (int)k] = float.NaN;
                }
                end += (int)length;
            }
            _offsets[Count + row + 1] = end;
        }
    }

    private void Grow(int end, long length)
    {
        long needed = end + length;
        if (needed > FloatListColumn.MaxMembers) throw new DuckDbException($"column '{Field.Name}' has more than {FloatListColumn.MaxMembers} list members in one batch");
        Array.Resize(ref _values, (int)Math.Min(FloatListColumn.MaxMembers, Math.Max(needed, _values.Length * 2L)));
    }
}
