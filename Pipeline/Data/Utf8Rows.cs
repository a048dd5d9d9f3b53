using System.Text;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>Strings of some rows on their way into a UTF-8 column; its memory is used again for the next rows.</summary>
/// <param name="nullable">Whether rows may be null.</param>
internal sealed class Utf8Rows(string name, bool nullable = false)
{
    private int[] _offsets = new int[1024];
    private byte[] _bytes = new byte[16_384];
    private ulong[] _validity = nullable ? new ulong[16] : [];
    private int _count;

    public ColumnField Field { get; } = new(name, ColumnType.Utf8, nullable);

    public void Add(ReadOnlySpan<byte> value)
    {
        if (Field.Nullable) Mark(true);
        Append(value);
    }

    /// <summary>Adds a row that is null.</summary>
    public void AddNull()
    {
        Mark(false);
        Append([]);
    }

    private void Append(ReadOnlySpan<byte> value)
    {
        int start = _offsets[_count];
        if (_count + 2 > _offsets.Length) Array.Resize(ref _offsets, _offsets.Length * 2);
        if (start + value.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(start + value.Length, _bytes.Length * 2));
        value.CopyTo(_bytes.AsSpan(start));
        _offsets[++_count] = start + value.Length;
    }

    public void Add(string value) => Add(Encoding.UTF8.GetBytes(value));

    /// <summary>The rows so far, valid until the next <see cref="Clear"/>.</summary>
    public Utf8Column Column() => new(Field, _count, _offsets, _bytes, Field.Nullable ? _validity : null);

    public void Clear() => _count = 0;

    private void Mark(bool isKnown)
    {
        if (_count >> 6 >= _validity.Length) Array.Resize(ref _validity, _validity.Length * 2);
        ulong bit = 1UL << (_count & 63);
        if (isKnown) _validity[_count >> 6] |= bit;
        else _validity[_count >> 6] &= ~bit;
    }
}
