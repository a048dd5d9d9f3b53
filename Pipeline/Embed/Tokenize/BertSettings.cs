using System.Text.Json;
using Recsys.Batch.Pipeline.Embed.Tokenize.Json;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>What <c>tokenizer_config.json</c> says of a BERT tokenizer.</summary>
internal sealed record BertSettings
{
    public bool LowerCase { get; init; } = true;

    /// <summary>Null follows <see cref="LowerCase"/>.</summary>
    public bool? StripAccents { get; init; }

    public bool ChineseCharacters { get; init; } = true;

    public IReadOnlyList<(string Role, string Token)> SpecialTokens { get; init; } =
    [
        ("pad", "[PAD]"), ("unk", "[UNK]"), ("cls", "[CLS]"), ("sep", "[SEP]"), ("mask", "[MASK]"),
    ];

    public static BertSettings Read(string file)
    {
        var root = JsonPart.Open(file);
        var basic = root["do_basic_tokenize"];
        if (!basic.Flag(true)) throw basic.Fault("true: texts that were split beforehand are not supported");
        var accents = root["strip_accents"];
        var settings = new BertSettings();
        return settings with
        {
            LowerCase = root["do_lower_case"].Flag(true),
            StripAccents = accents.IsNull ? null : accents.Flag(true),
            ChineseCharacters = root["tokenize_chinese_chars"].Flag(true),
            SpecialTokens = [.. settings.SpecialTokens.Select(t => (t.Role, Token(root[t.Role + "_token"]) ?? t.Token))],
        };
    }

    private static string? Token(JsonPart part)
    {
        if (part.IsNull) return null;
        return part.Value.ValueKind == JsonValueKind.Object ? part["content"].Text() : part.Text();
    }
}
