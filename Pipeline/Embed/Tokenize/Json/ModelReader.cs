using Recsys.Batch.Pipeline.Embed.Tokenize.Models;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>Models as <c>tokenizer.json</c> names them, each with its vocabulary.</summary>
internal static class ModelReader
{
    /// <returns>The model, its vocabulary, and the greatest id in it plus 1.</returns>
    public static (ITokenModel Model, VocabularyTrie Vocabulary, int Size) Read(JsonPart part)
    {
        // Files of old leave the type out.
        string type = part["type"] is { IsNull: false } named
            ? named.Text()
            : !part["merges"].IsNull ? "BPE" : part["vocab"].Value.ValueKind == System.Text.Json.JsonValueKind.Array ? "Unigram" : "WordPiece";
        return type switch
        {
            "WordPiece" => WordPiece(part),
            "Unigram" => Unigram(part),
            "BPE" => BytePair(part),
            _ => throw part.Unsupported("model", "WordPiece, Unigram, BPE"),
        };
    }

    private static (ITokenModel, VocabularyTrie, int) WordPiece(JsonPart part)
    {
        var (vocabulary, size) = Vocabulary(part["vocab"]);
        var unknown = part["unk_token"];
        int id = vocabulary.IdOf(unknown.Text()) is >= 0 and int found ? found : throw unknown.Fault("a token of the vocabulary");
        var prefix = part["continuing_subword_prefix"];
        var longest = part["max_input_chars_per_word"];
        return (new WordPieceModel(vocabulary, prefix.IsNull ? "##" : prefix.Text(), id, longest.IsNull ? 100 : longest.Id()), vocabulary, size);
    }

    private static (ITokenModel, VocabularyTrie, int) Unigram(JsonPart part)
    {
        var tokens = new List<(string, double)>();
        foreach (var entry in part["vocab"].Entries())
        {
            var pair = entry.Entries().ToArray();
            if (pair.Length != 2) throw entry.Fault("a token and its score");
            tokens.Add((pair[0].Text(), pair[1].Number()));
        }
        if (tokens.Count == 0) throw part["vocab"].Fault("at least one token");
        var unknown = part["unk_id"];
        int id = unknown.IsNull ? -1 : unknown.Id();
        if (id >= tokens.Count) throw unknown.Fault($"an id below {tokens.Count}");
        var model = new UnigramModel(tokens, id, part["byte_fallback"].Flag(false));
        return (model, model.Vocabulary, tokens.Count);
    }

    private static (ITokenModel, VocabularyTrie, int) BytePair(JsonPart part)
    {
        if (part["dropout"] is { IsNull: false } dropout && dropout.Number() != 0) throw dropout.Fault("null: dropout would make tokens random");
        var (vocabulary, size) = Vocabulary(part["vocab"]);
        string prefix = part["continuing_subword_prefix"] is { IsNull: false } p ? p.Text() : "";
        var merges = new Dictionary<(int, int), (int, int)>();
        foreach (var entry in part["merges"].Entries())
        {
            string[] pair = entry.Value.ValueKind == System.Text.Json.JsonValueKind.String
                ? entry.Text().Split(' ')
                : [.. entry.Entries().Select(e => e.Text())];
            if (pair.Length != 2 || pair[1].Length < prefix.Length) throw entry.Fault("two tokens");
            int left = vocabulary.IdOf(pair[0]), right = vocabulary.IdOf(pair[1]), merged = vocabulary.IdOf(pair[0] + pair[1][prefix.Length..]);
            if (left < 0 || right < 0 || merged < 0) throw entry.Fault("two tokens of the vocabulary that together are one too");
            merges[(left, right)] = (merges.Count, merged);
        }
        var unknown = part["unk_token"];
        int id = unknown.IsNull ? -1 : vocabulary.IdOf(unknown.Text()) is >= 0 and int found ? found : throw unknown.Fault("a token of the vocabulary");
        var suffix = part["end_of_word_suffix"];
        return (new BytePairModel(vocabulary, merges,
            new BytePairOptions(
                id, part["fuse_unk"].Flag(false), part["byte_fallback"].Flag(false), part["ignore_merges"].Flag(false), prefix,
                suffix.IsNull ? "" : suffix.Text())),
            vocabulary, size);
    }

    private static (VocabularyTrie Vocabulary, int Size) Vocabulary(JsonPart part)
    {
        var vocabulary = new VocabularyTrie();
        int size = 0;
        foreach (var (token, id) in part.Properties())
        {
            vocabulary.Set(token, id.Id());
            size = Math.Max(size, id.Id() + 1);
        }
        return (vocabulary, size);
    }
}
