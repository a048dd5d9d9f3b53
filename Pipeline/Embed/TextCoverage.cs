namespace Recsys.Batch.Pipeline.Embed;

/// <summary>How much of a text an encoder's vocabulary has. Numbers and punctuation, which every vocabulary has, count for nothing.</summary>
/// <param name="Known">Tokens with a letter that are in the vocabulary.</param>
/// <param name="Unknown">Tokens that stand for what is not.</param>
internal readonly record struct TextCoverage(int Known, int Unknown)
{
    /// <summary>Share of the words, or parts of words, that are unknown; 0 where there are none.</summary>
    public double UnknownShare => Unknown == 0 ? 0 : (double)Unknown / (Known + Unknown);
}
