using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Embed.Tokenize.Models;
using Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;
using Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>BERT's tokenizer from <c>vocab.txt</c>: a token a line, its id the line's number from 0.</summary>
internal static class BertVocabulary
{
    private const int LongestWord = 100;

    public static ITokenizer Open(string vocabularyFile, string? configFile)
    {
        var trie = new VocabularyTrie();
        int size = 0;
        foreach (string line in File.ReadLines(vocabularyFile, new UTF8Encoding(false, throwOnInvalidBytes: false)))
        {
            string token = line.TrimEnd('\r');
            if (!trie.Add(token, size) && token.Length > 0)
                throw new TokenizerFileException(vocabularyFile, $"line {size + 1} repeats the token '{token}'; expected each token once");
            size++;
        }
        var settings = configFile is null ? new BertSettings(vocabularyFile) : BertSettings.Read(configFile);
        int IdOf(string token, string role) => trie.Find(token) is int node && node != VocabularyTrie.None && trie.IdAt(node) is >= 0 and int id
            ? id
            : throw new TokenizerFileException(vocabularyFile, $"lacks the {role} token '{token}'; expected it on a line of its own, or another name as {role}_token in {Tokenizers.ConfigFile}");

        var added = settings.SpecialTokens.Where(t => t.Role != "mask" || trie.Find(t.Token) is int n && n != VocabularyTrie.None && trie.IdAt(n) >= 0)
            .Select(t => new AddedToken(t.Token, IdOf(t.Token, t.Role), SingleWord: false, LeftStrip: false, RightStrip: false, Normalized: false, Special: true)).ToArray();
        int Special(string role) => IdOf(settings.SpecialTokens.First(t => t.Role == role).Token, role);

        return new ComposedTokenizer(new TokenizerParts(added,
            new BertNormalizer(cleanText: true, settings.ChineseCharacters, settings.StripAccents ?? settings.LowerCase, settings.LowerCase),
            new BertPreTokenizer(),
            new WordPieceModel(trie, "##", Special("unk"), LongestWord),
            new TokenTemplate([Special("cls")], [Special("sep")]),
            size, Special("pad")));
    }
}

/// <summary>What <c>tokenizer_config.json</c> says of a BERT tokenizer.</summary>
internal sealed class BertSettings(string path)
{
    public bool LowerCase { get; private set; } = true;

    /// <summary>Null follows <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; private set; }

    public bool ChineseCharacters { get; private set; } = true;

    public IReadOnlyList<(string Role, string Token)> SpecialTokens { get; private set; } =
        [("pad", "[PAD]"), ("unk", "[UNK]"), ("cls", "[CLS]"), ("sep", "[SEP]"), ("mask", "[MASK]")];

    public static BertSettings Read(string path)
    {
        var settings = new BertSettings(path);
        JsonElement root;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            root = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new TokenizerFileException(path, $"is not JSON: {e.Message}", e);
        }
        if (root.ValueKind != JsonValueKind.Object) throw new TokenizerFileException(path, $"holds a JSON {root.ValueKind}; expected an object");
        settings.LowerCase = settings.Flag(root, "do_lower_case") ?? true;
        settings.StripAccents = settings.Flag(root, "strip_accents");
        settings.ChineseCharacters = settings.Flag(root, "tokenize_chinese_chars") ?? true;
        if (settings.Flag(root, "do_basic_tokenize") is false)
            throw new TokenizerFileException(path, "do_basic_tokenize is false; expected true, texts that are split beforehand are not supported");
        settings.SpecialTokens = [.. settings.SpecialTokens.Select(t => (t.Role, settings.Token(root, t.Role + "_token") ?? t.Token))];
        return settings;
    }

    private bool? Flag(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new TokenizerFileException(path, $"{key} is {value.GetRawText()}; expected true, false or null"),
        };
    }

    private string? Token(JsonElement root, string key)
    {
        if (!root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null) return null;
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty("content", out var content)) value = content;
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw new TokenizerFileException(path, $"{key} is {value.GetRawText()}; expected a string, or an object with the string 'content'");
    }
}
