using System.Text.Unicode;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// The texts that a dictionary-encoded column stores once; rows refer to them by their codes, 0 to <see cref="Count"/> - 1. It never changes.
/// </summary>
/// <param name="offsets">One more than there are texts, ascending.</param>
internal sealed class TextDictionary(int[] offsets, byte[] bytes)
{
    public int Count => offsets.Length - 1;

    public ReadOnlySpan<byte> this[int code] => bytes.AsSpan(offsets[code], offsets[code + 1] - offsets[code]);

    /// <summary>Texts that stand one behind the other, as one.</summary>
    public ReadOnlySpan<byte> Range(int first, int count) => bytes.AsSpan(offsets[first], offsets[first + count] - offsets[first]);

    /// <summary>Bytes of the longest text.</summary>
    public int Longest { get; } = Enumerable.Range(0, offsets.Length - 1).Select(k => offsets[k + 1] - offsets[k]).DefaultIfEmpty().Max();

    /// <summary>Whether every text is UTF-8.</summary>
    public bool IsUtf8 { get; } = Utf8.IsValid(bytes) && Array.TrueForAll(offsets, at => at == bytes.Length || (bytes[at] & 0xC0) != 0x80);
}
