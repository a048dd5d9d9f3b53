namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>What stands before and behind a text's own tokens.</summary>
internal sealed record TokenTemplate(int[] Before, int[] Behind)
{
    public static readonly TokenTemplate Bare = new([], []);
}
