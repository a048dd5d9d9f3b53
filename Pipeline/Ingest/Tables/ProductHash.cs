using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>What tells products apart: the first 8 bytes of SHA-256 of what is said of them, without regard to case and blanks; never 0.</summary>
internal static class ProductHash
{
    /// <summary>Of the parent product's name.</summary>
    public static ulong Of(string parent) => Hash(parent);

    /// <summary>
    /// Items of one title and brand are one product under several codes, however each spells it, and whatever category it is filed under; without a title the
    /// description takes its place. A brand and a category alone tell no product: a shop has many such items.
    /// </summary>
    public static ulong Of(string? title, string? brand, string? text) => (title ?? text) is { } named ? Hash(named, brand) : 0;

    private static ulong Hash(params ReadOnlySpan<string?> parts)
    {
        var spelled = new StringBuilder();
        foreach (string? part in parts) spelled.Append(TitleResolver.Spelling(part ?? "")).Append('\n');
        Span<byte> sum = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes(spelled.ToString()), sum);
        return Math.Max(1, BinaryPrimitives.ReadUInt64LittleEndian(sum));
    }
}
