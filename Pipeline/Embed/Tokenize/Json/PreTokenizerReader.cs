using Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>Pre-tokenizers as <c>tokenizer.json</c> names them.</summary>
internal static class PreTokenizerReader
{
    public static IPreTokenizer? Read(JsonPart part)
    {
        if (part.IsNull) return null;
        return part["type"].Text() switch
        {
            "Sequence" => new PreTokenizerSequence([.. part["pretokenizers"].Entries().Select(Read).OfType<IPreTokenizer>()]),
            "BertPreTokenizer" => new BertPreTokenizer(),
            "Whitespace" => new WordRuns(),
            "WhitespaceSplit" => CharacterSplit.Whitespace(),
            "Punctuation" => CharacterSplit.Punctuation(Behavior(part["behavior"], SplitBehavior.Isolated)),
            "Digits" => CharacterSplit.Digits(part["individual_digits"].Flag(false)),
            "Split" => new PatternSplit(PatternReader.Read(part["pattern"]), Behavior(part["behavior"], null), part["invert"].Flag(false)),
            "CharDelimiterSplit" => new PatternSplit(TextPattern.Literal(part["delimiter"].Text()), SplitBehavior.Removed, invert: false),
            "ByteLevel" => new ByteLevel(part["add_prefix_space"].Flag(true), part["use_regex"].Flag(true)),
            "Metaspace" => Metaspace(part),
            _ => throw part.Unsupported("pre-tokenizer",
                "Sequence, BertPreTokenizer, Whitespace, WhitespaceSplit, Punctuation, Digits, Split, CharDelimiterSplit, ByteLevel, Metaspace"),
        };
    }

    private static Metaspace Metaspace(JsonPart part)
    {
        var mark = part["replacement"];
        var scheme = part["prepend_scheme"];
        var prepend = scheme.IsNull
            ? part["add_prefix_space"].Flag(true) ? PrependScheme.Always : PrependScheme.Never
            : Enum.TryParse<PrependScheme>(scheme.Text(), ignoreCase: true, out var named) ? named : throw scheme.Fault("always, first or never");
        return mark.Text() is [char c] ? new Metaspace(c, prepend, part["split"].Flag(true)) : throw mark.Fault("one character");
    }

    private static SplitBehavior Behavior(JsonPart part, SplitBehavior? absent)
    {
        if (part.IsNull && absent is { } chosen) return chosen;
        return Enum.TryParse<SplitBehavior>(part.Text(), out var named) ? named : throw part.Fault(string.Join(", ", Enum.GetNames<SplitBehavior>()));
    }
}
