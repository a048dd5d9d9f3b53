namespace Recsys.Batch.Pipeline.Embed.Tokenize.Json;

/// <summary>Post-processors as <c>tokenizer.json</c> names them, for one text by itself.</summary>
internal static class TemplateReader
{
    public static TokenTemplate Read(JsonPart part)
    {
        if (part.IsNull) return TokenTemplate.Bare;
        switch (part["type"].Text())
        {
            case "TemplateProcessing": return Template(part);
            case "BertProcessing" or "RobertaProcessing": return new TokenTemplate([IdOf(part["cls"])], [IdOf(part["sep"])]);
            // What it trims are offsets, which nothing here has a use for.
            case "ByteLevel": return TokenTemplate.Bare;
            case "Sequence":
                var parts = part["processors"].Entries().Select(Read).ToArray();
                return new TokenTemplate([.. parts.Reverse().SelectMany(p => p.Before)], [.. parts.SelectMany(p => p.Behind)]);
            default: throw part.Unsupported("post-processor", "TemplateProcessing, BertProcessing, RobertaProcessing, ByteLevel, Sequence");
        }
    }

    private static TokenTemplate Template(JsonPart part)
    {
        List<int> before = [], behind = [];
        bool passed = false;
        foreach (var piece in part["single"].Entries())
        {
            if (piece["Sequence"] is { IsNull: false } sequence)
            {
                if (passed || sequence["id"].Text() != "A") throw piece.Fault("the text (A) once and nothing else of that kind");
                passed = true;
                continue;
            }
            string name = piece["SpecialToken"]["id"].Text();
            foreach (var id in part["special_tokens"][name]["ids"].Entries()) (passed ? behind : before).Add(id.Id());
        }
        return passed ? new TokenTemplate([.. before], [.. behind]) : throw part["single"].Fault("the text (A) among its pieces");
    }

    private static int IdOf(JsonPart pair)
    {
        var parts = pair.Entries().ToArray();
        return parts.Length == 2 ? parts[1].Id() : throw pair.Fault("a token and its id");
    }
}
