namespace Recsys.Batch.Pipeline.Embed.Tokenize.Models;

/// <summary>A piece of normalized text to ids of the vocabulary. Safe to call from many threads.</summary>
internal interface ITokenModel
{
    void Encode(scoped ReadOnlySpan<char> piece, ref TokenIds ids);
}
