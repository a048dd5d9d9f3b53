using System.Text;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>Strings of some rows on their way into a UTF-8 column; its memory is used again for the next rows.</summary>
internal sealed class Utf8Rows(string name)
{
    private int[] _offsets = new int[1024];
    private byte[] _bytes = new byte[16_384];
    private int _count;

    public ColumnField Field { get; } = new(name, ColumnType.Utf8, Nullable: false);

    public void Add(ReadOnlySpan<byte> value)
    {
        int start = _offsets[_count];
        if (_count + 2 > _offsets.Length) Array.Resize(ref _offsets, _offsets.Length * 2);
        if (start + value.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(start + value.Length, _bytes.Length * 2));
        value.CopyTo(_bytes.AsSpan(start));
        _offsets[++_count] = start + value.Length;
    }

    public void Add(string value) => Add(Encoding.UTF8.GetBytes(value));

    /// <summary>The rows so far, valid until the next <see cref="Clear"/>.</summary>
    public Utf8Column Column() => new(Field, _count, _offsets, _bytes);

    public void Clear() => _count = 0;
}
