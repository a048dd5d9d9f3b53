using System.Security.Cryptography;
using Google.Protobuf;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>What an int8 graph that was made here says of the float graph that it was made of.</summary>
/// <param name="Source">SHA-256 of that graph's file.</param>
/// <param name="Shared">Name of the file beside it in which large constants lie; null where all are inside.</param>
internal sealed record Int8File(string Source, string? Shared)
{
    private const string SourceKey = "recsys.float32.sha256", SharedKey = "recsys.shared";

    /// <summary>Null where the file was made by something else.</summary>
    /// <exception cref="TextModelException">It is not a protocol buffer.</exception>
    public static Int8File? Read(string path)
    {
        try
        {
            var model = ByteString.CopyFrom(File.ReadAllBytes(path));
            var entries = ProtoFields.All(model, OnnxMessage.ModelMetadata)
                .GroupBy(e => Text(e, OnnxMessage.EntryKey), e => Text(e, OnnxMessage.EntryValue), StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => g.Last(), StringComparer.Ordinal);
            return entries.TryGetValue(SourceKey, out string? source) ? new Int8File(source, entries.GetValueOrDefault(SharedKey)) : null;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new TextModelException(path, $"it is not a protocol buffer ({e.Message})", "an ONNX graph of a text encoder", e);
        }
    }

    /// <summary>The entries of a graph that is made of <paramref name="source"/>, the bytes of a float graph's file.</summary>
    public static IEnumerable<ByteString> Metadata(ByteString source, string? shared)
    {
        yield return OnnxMessage.Entry(SourceKey, Convert.ToHexStringLower(SHA256.HashData(source.Span)));
        if (shared is not null) yield return OnnxMessage.Entry(SharedKey, shared);
    }

    private static string Text(ByteString entry, int field) => ProtoFields.Bytes(entry, field)?.ToStringUtf8() ?? "";
}
