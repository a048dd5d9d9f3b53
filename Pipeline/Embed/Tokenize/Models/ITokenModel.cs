namespace Recsys.Batch.Pipeline.Embed.Tokenize.Models;

/// <summary>A piece of normalized text to ids of the vocabulary. Safe to call from many threads.</summary>
internal interface ITokenModel
{
    /// <summary>The id of what the vocabulary does not have; -1 where there is none.</summary>
    int Unknown { get; }

    void Encode(scoped ReadOnlySpan<char> piece, ref TokenIds ids);
}
