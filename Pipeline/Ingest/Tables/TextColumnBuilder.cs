using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>A string column in the making.</summary>
internal sealed class TextColumnBuilder(ColumnField field)
{
    private int[] _offsets = new int[1024];
    private byte[] _bytes = new byte[4096];
    private ulong[] _validity = new ulong[16];

    public int Count { get; private set; }

    public void Add(scoped ReadOnlySpan<byte> value)
    {
        Reserve(value.Length);
        value.CopyTo(_bytes.AsSpan(_offsets[Count]));
        _validity[Count >> 6] |= 1UL << (Count & 63);
        _offsets[Count + 1] = _offsets[Count] + value.Length;
        Count++;
    }

    public void Add(string? value)
    {
        if (value is null) AddNull();
        else Add(Encoding.UTF8.GetBytes(value).AsSpan());
    }

    public void AddNull()
    {
        Reserve(0);
        _offsets[Count + 1] = _offsets[Count];
        Count++;
    }

    /// <summary>The column so far; the builder starts again with memory of its own.</summary>
    public Utf8Column Take()
    {
        var column = new Utf8Column(field, Count, _offsets, _bytes, _validity);
        (_offsets, _bytes, _validity) = (new int[_offsets.Length], new byte[_bytes.Length], new ulong[_validity.Length]);
        Count = 0;
        return column;
    }

    private void Reserve(int length)
    {
        if (Count + 2 > _offsets.Length)
        {
            Array.Resize(ref _offsets, _offsets.Length * 2);
            Array.Resize(ref _validity, _validity.Length * 2);
        }
        int need = checked(_offsets[Count] + length);
        if (need > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(need, _bytes.Length * 2L)));
    }
}
