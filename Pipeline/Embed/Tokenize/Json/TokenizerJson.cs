using System.Text.Json;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>Hugging Face's <c>tokenizer.json</c>. Its truncation and padding are the caller's business here, but for the id that fills rows.</summary>
internal static class TokenizerJson
{
    private static readonly string[] UsualPads = ["[PAD]", "<pad>", "<|pad|>"];

    public static ITokenizer Open(string file, string? configFile)
    {
        var root = JsonPart.Open(file);
        var (model, vocabulary, size) = ModelReader.Read(root["model"]);
        var added = root["added_tokens"].IsNull ? [] : root["added_tokens"].Entries().Select(Added).ToArray();
        foreach (var token in added) size = Math.Max(size, token.Id + 1);
        var template = TemplateReader.Read(root["post_processor"]);
        if (template.Before.Concat(template.Behind).FirstOrDefault(id => id >= size, -1) is >= 0 and int beyond)
            throw root["post_processor"].Fault($"ids below {size}, the vocabulary's size, not {beyond}");
        int IdOf(string token) => added.FirstOrDefault(t => t.Content == token)?.Id ?? vocabulary.IdOf(token);
        int pad = Pad(root["padding"], configFile is null ? null : JsonPart.Open(configFile)["pad_token"], IdOf);
        return new ComposedTokenizer(
            new TokenizerParts(
                added, NormalizerReader.Read(root["normalizer"]), PreTokenizerReader.Read(root["pre_tokenizer"]), model, vocabulary, template, size, pad));
    }

    private static AddedToken Added(JsonPart part)
    {
        bool special = part["special"].Flag(false);
        return new AddedToken(
            part["content"].Text(), part["id"].Id(), part["single_word"].Flag(false), part["lstrip"].Flag(false), part["rstrip"].Flag(false),
            part["normalized"].Flag(!special), special);
    }

    /// <summary>What the file's padding says, else the configuration's token, else one of the usual names; 0 where there is none.</summary>
    private static int Pad(JsonPart padding, JsonPart? configured, Func<string, int> idOf)
    {
        if (!padding.IsNull) return padding["pad_id"].Id();
        if (configured is { IsNull: false } token)
        {
            if (token.Value.ValueKind == JsonValueKind.Object) token = token["content"];
            return idOf(token.Text()) is >= 0 and int id ? id : throw token.Fault("a token of the vocabulary");
        }
        return Math.Max(0, UsualPads.Select(idOf).FirstOrDefault(id => id >= 0, 0));
    }
}
