using System.Buffers.Binary;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>Texts as the format stores them PLAIN, in dictionaries and in pages without one: each behind its length in four bytes.</summary>
internal sealed class PlainTexts
{
    private int[] _offsets = new int[1024];
    private byte[] _bytes = new byte[1 << 14];
    private int _count;

    /// <summary>Bytes of the texts.</summary>
    public int Length => _count == 0 ? 0 : _offsets[_count];

    public void Clear() => _count = 0;

    /// <exception cref="InvalidDataException">The page ends before its texts do.</exception>
    public void Add(ReadOnlySpan<byte> page, int count)
    {
        if (_offsets.Length <= _count + count) Array.Resize(ref _offsets, Math.Max(_count + count + 1, _offsets.Length * 2));
        int end = Length;
        long most = end + page.Length - 4L * count;
        if (most > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(most, _bytes.Length * 2L)));
        for (int k = 0; k < count; k++)
        {
            int length = page.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(page) : -1;
            if (length < 0 || length > page.Length - 4 || length > _bytes.Length - end)
                throw new InvalidDataException($"text {k} of {count} in a page or dictionary reaches beyond its end");
            page.Slice(4, length).CopyTo(_bytes.AsSpan(end));
            end += length;
            _offsets[++_count] = end;
            page = page[(4 + length)..];
        }
    }

    /// <summary>What was added, apart from what will be.</summary>
    public TextDictionary Take() => new(_offsets[..(_count + 1)], _bytes[..Length]);
}
