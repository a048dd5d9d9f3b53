using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Embed;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tokenize;

/// <summary>What Tests/Tokenizers/goldens.mjs wrote: ids by Hugging Face's Rust tokenizers, and where its JavaScript ones give others.</summary>
internal sealed class GoldenFile
{
    [ThreadStatic]
    private static int[]? _room;

    private readonly JsonElement _root;

    private GoldenFile(JsonElement root) => _root = root;

    public static string Folder { get; } = FolderOf();

    public static GoldenFile Read(string name) => new(JsonDocument.Parse(Gunzip(name)).RootElement);

    public static byte[] Gunzip(string name)
    {
        using var from = new GZipStream(File.OpenRead(Path.Combine(Folder, name)), CompressionMode.Decompress);
        using var to = new MemoryStream();
        from.CopyTo(to);
        return to.ToArray();
    }

    public static string[] Titles() => Encoding.UTF8.GetString(Gunzip("titles.txt.gz")).TrimEnd('\n').Split('\n');

    public IReadOnlyList<int> TitlesThatDiffer => [.. _root.GetProperty("titlesThatDiffer").EnumerateArray().Select(e => e.GetInt32())];

    public IEnumerable<(string Text, int[] Ids, int[]? JavaScript)> Texts => _root.GetProperty("texts").EnumerateArray().Select(t =>
        (TextOf(t.GetProperty("text")), Ids(t.GetProperty("ids")), t.TryGetProperty("javascript", out var other) ? Ids(other) : null));

    /// <summary>Every title, and every text with its ids written out.</summary>
    /// <param name="except">Texts that are known to differ; one that does not is a fault too.</param>
    public void AssertEqual(ITokenizer tokenizer, params string[] except)
    {
        var faults = new List<string>();
        foreach (var (text, expected, _) in Texts)
        {
            var ids = Encode(tokenizer, text);
            if (ids.SequenceEqual(expected) == except.Contains(text))
                faults.Add($"{JsonSerializer.Serialize(text.Length > 60 ? text[..60] : text)}: {Show(ids)}, expected {Show(expected)}");
        }
        var hashes = Convert.FromBase64String(_root.GetProperty("hashes").GetString()!);
        var titles = Titles();
        Assert.AreEqual(hashes.Length / 4, titles.Length);
        for (int i = 0; i < titles.Length; i++)
            if (HashOf(Encode(tokenizer, titles[i])) != BinaryPrimitives.ReadUInt32LittleEndian(hashes.AsSpan(i * 4)))
                faults.Add($"{titles[i]}: {Show(Encode(tokenizer, titles[i]))}");
        Assert.AreEqual(0, faults.Count, $"{faults.Count} texts differ:\n{string.Join('\n', faults.Take(20))}");
    }

    public static int[] Encode(ITokenizer tokenizer, string text, int room = 1 << 16)
    {
        _room ??= new int[1 << 16];
        return _room[..tokenizer.Encode(text, _room.AsSpan(0, room))];
    }

    private static string Show(int[] ids) => ids.Length > 24 ? $"{string.Join(' ', ids.Take(24))} ... ({ids.Length})" : string.Join(' ', ids);

    private static uint HashOf(int[] ids)
    {
        uint h = 0x811c9dc5;
        foreach (int id in ids)
            for (int b = 0; b < 32; b += 8) h = (h ^ ((uint)id >> b & 255)) * 0x01000193;
        return h;
    }

    private static int[] Ids(JsonElement ids) =>
        [.. ids.EnumerateArray().SelectMany(e => e.ValueKind == JsonValueKind.Array ? Enumerable.Repeat(e[0].GetInt32(), e[1].GetInt32()) : [e.GetInt32()])];

    // Lone surrogates are escapes that System.Text.Json refuses to make a string of.
    private static string TextOf(JsonElement text)
    {
        string raw = text.GetRawText();
        var plain = new StringBuilder(raw.Length);
        for (int i = 1; i < raw.Length - 1; i++)
        {
            if (raw[i] != '\\')
            {
                plain.Append(raw[i]);
                continue;
            }
            char escape = raw[++i];
            plain.Append(escape switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                'u' => (char)Convert.ToUInt16(raw.Substring(i + 1, 4), 16),
                _ => escape,
            });
            if (escape == 'u') i += 4;
        }
        return plain.ToString();
    }

    private static string FolderOf([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "Golden");
}
