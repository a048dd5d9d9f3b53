using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>Queries and titles as words in small letters. Not for two threads.</summary>
internal sealed class QueryWords
{
    private readonly LexicalScanner _scanner = new(LexicalUnit.Words, 1, 1);

    public string[] Of(string? text)
    {
        var words = new List<string>();
        _scanner.Read(text ?? "");
        while (_scanner.TryNext(out var word)) words.Add(word.ToString());
        return [.. words];
    }

    /// <summary>The words with one blank between them: equal for what a person reads as one query.</summary>
    public string Normalized(string query) => string.Join(' ', Of(query));
}
