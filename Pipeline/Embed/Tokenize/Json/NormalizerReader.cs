using Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>Normalizers as <c>tokenizer.json</c> names them.</summary>
internal static class NormalizerReader
{
    public static INormalizer? Read(JsonPart part)
    {
        if (part.IsNull) return null;
        switch (part["type"].Text())
        {
            case "Sequence": return new NormalizerSequence([.. part["normalizers"].Entries().Select(Read).OfType<INormalizer>()]);
            case "BertNormalizer":
                bool lower = part["lowercase"].Flag(true);
                return new BertNormalizer(part["clean_text"].Flag(true), part["handle_chinese_chars"].Flag(true), part["strip_accents"].Flag(lower), lower);
            case "Lowercase": return new Lowercase();
            case "NFC": return new FormNormalizer(compose: true, compatible: false);
            case "NFD": return new FormNormalizer(compose: false, compatible: false);
            case "NFKC": return new FormNormalizer(compose: true, compatible: true);
            case "NFKD": return new FormNormalizer(compose: false, compatible: true);
            case "Nmt": return new NmtNormalizer();
            case "StripAccents": return new StripAccents();
            case "Strip": return new StripBlanks(part["strip_left"].Flag(true), part["strip_right"].Flag(true));
            case "Prepend": return new Prepend(part["prepend"].Text());
            case "Replace": return new ReplaceNormalizer(PatternReader.Read(part["pattern"]), part["content"].Text());
            case "Precompiled": return Precompiled(part["precompiled_charsmap"]);
            default:
                throw part.Unsupported(
                    "normalizer", "Sequence, BertNormalizer, Lowercase, NFC, NFD, NFKC, NFKD, Nmt, StripAccents, Strip, Prepend, Replace, Precompiled");
        }
    }

    private static PrecompiledNormalizer Precompiled(JsonPart map)
    {
        try
        {
            return new PrecompiledNormalizer(Convert.FromBase64String(map.Text()));
        }
        catch (FormatException e)
        {
            throw map.Fault($"a character map of SentencePiece in base64 ({e.Message})");
        }
    }
}

/// <summary>Patterns: <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal static class PatternReader
{
    public static TextPattern Read(JsonPart part)
    {
        if (part["String"] is { IsNull: false } literal) return TextPattern.Literal(literal.Text());
        var expression = part["Regex"];
        try
        {
            return TextPattern.Expression(expression.Text());
        }
        catch (ArgumentException e)
        {
            throw expression.Fault($"a regular expression that .NET has too ({e.Message})");
        }
    }
}
