namespace Recsys.Batch.Pipeline.Embed;

/// <summary>
/// Text to the token ids that a model was trained with, special tokens included. Safe to call from many threads. Ill-formed UTF-16 is read as U+FFFD.
/// </summary>
internal interface ITokenizer
{
    /// <summary>Tokens in the vocabulary.</summary>
    int VocabularySize { get; }

    /// <summary>The id that fills a batch's shorter rows; the attention mask is 0 there.</summary>
    int PadId { get; }

    /// <summary>
    /// Writes at most <c>ids.Length</c> ids: the start token, the text's tokens (cut off behind, as <c>truncation</c> does in the reference implementation),
    /// the end token.
    /// </summary>
    /// <returns>Ids written.</returns>
    int Encode(ReadOnlySpan<char> text, Span<int> ids);

    /// <summary>How much of the text the vocabulary has, as far as <paramref name="ids"/> has room for its ids; overwrites those.</summary>
    TextCoverage Cover(ReadOnlySpan<char> text, Span<int> ids);
}
