using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>SHA-256 of a text's UTF-8: the text's half of the cache key.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct TextKey(ulong A, ulong B, ulong C, ulong D) : IComparable<TextKey>
{
    /// <summary>Zeros for no text.</summary>
    public static TextKey Of(string? text)
    {
        if (text is null) return default;
        Span<byte> sum = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), sum);
        return MemoryMarshal.Read<TextKey>(sum);
    }

    public int CompareTo(TextKey other) => (A, B, C, D).CompareTo((other.A, other.B, other.C, other.D));

    public override int GetHashCode() => (int)A;
}
