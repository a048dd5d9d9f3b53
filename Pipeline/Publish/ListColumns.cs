using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>How the values of a list entry are spelled in every output table.</summary>
internal static class ListColumns
{
    private static readonly byte[][] Reasons =
        ["because_you_bought"u8.ToArray(), "popular"u8.ToArray(), "similar_text"u8.ToArray(), "promoted"u8.ToArray(), "rated_well"u8.ToArray()];
    private static readonly byte[][] SourceNames =
        ["cf"u8.ToArray(), "text"u8.ToArray(), "popular"u8.ToArray(), "promoted"u8.ToArray(), "explore"u8.ToArray(), "control"u8.ToArray()];

    public static ReadOnlySpan<byte> Name(ReasonCode reason) => Reasons[(int)reason];

    public static ReadOnlySpan<byte> Name(CandidateSource source) => SourceNames[(int)source];

    /// <summary>Writes external ids as a JSON array of strings, <c>["22423","85123A"]</c>; -1 stands for none.</summary>
    public static void WriteReasonItems(ReadOnlySpan<int> reasonItems, IdMap items, ArrayBufferWriter<byte> to)
    {
        to.Write("["u8);
        bool first = true;
        foreach (int item in reasonItems)
        {
            if (item < 0) continue;
            if (!first) to.Write(","u8);
            first = false;
            WriteString(items[item], to);
        }
        to.Write("]"u8);
    }

    private static void WriteString(ReadOnlySpan<byte> id, ArrayBufferWriter<byte> to)
    {
        bool plain = true;
        foreach (byte b in id) plain &= b is >= 0x20 and < 0x7F and not ((byte)'"' or (byte)'\\');
        if (plain)
        {
            to.Write("\""u8);
            to.Write(id);
            to.Write("\""u8);
            return;
        }
        // Ids with quotes, control or non-ASCII bytes are rare: let the serializer spell them.
        to.Write(JsonSerializer.SerializeToUtf8Bytes(System.Text.Encoding.UTF8.GetString(id), RelaxedJson));
    }

    private static readonly JsonSerializerOptions RelaxedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
