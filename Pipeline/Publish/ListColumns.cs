using System.Buffers;
using System.Buffers.Text;
using System.Text;
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

    /// <summary>Writes the names of the features that carried an entry as a JSON array of strings, the strongest first: few texts for many entries.</summary>
    public static void WriteFeatures(ListFeatures features, int entry, ArrayBufferWriter<byte> to)
    {
        to.Write("["u8);
        bool first = true;
        foreach (var (name, _) in features.Of(entry))
        {
            if (!first) to.Write(","u8);
            first = false;
            WriteString(Encoding.UTF8.GetBytes(name), to);
        }
        to.Write("]"u8);
    }

    /// <summary>Writes their shares in the same order, and behind them what all other features come to, as a JSON array of numbers of three decimals.</summary>
    public static void WriteShares(ListFeatures features, int entry, ArrayBufferWriter<byte> to)
    {
        to.Write("["u8);
        foreach (var (_, share) in features.Of(entry))
        {
            WriteNumber(share, to);
            to.Write(","u8);
        }
        WriteNumber(features.Others[entry], to);
        to.Write("]"u8);
    }

    /// <summary>What <see cref="WriteFeatures"/> and <see cref="WriteShares"/> wrote; null where a ranker did not put the entry there.</summary>
    public static EntryFeatures? ReadFeatures(string? names, string? shares)
    {
        if (names is null || shares is null) return null;
        var values = JsonSerializer.Deserialize<double[]>(shares)!;
        return new EntryFeatures([.. JsonSerializer.Deserialize<string[]>(names)!.Zip(values, (name, share) => new FeatureShare(name, share))], values[^1]);
    }

    private static void WriteNumber(float value, ArrayBufferWriter<byte> to)
    {
        // A sum that rounds to 0 from below is 0.
        double rounded = Math.Round((double)value, 3) + 0.0;
        Utf8Formatter.TryFormat(rounded, to.GetSpan(32), out int written);
        to.Advance(written);
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
        to.Write(JsonSerializer.SerializeToUtf8Bytes(Encoding.UTF8.GetString(id), RelaxedJson));
    }

    private static readonly JsonSerializerOptions RelaxedJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
