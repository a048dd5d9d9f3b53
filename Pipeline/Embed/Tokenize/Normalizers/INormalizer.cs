namespace Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

/// <summary>Rewrites a text before it is split. Holds no state of a text, so many threads may share one.</summary>
internal interface INormalizer
{
    void Apply(TextBuffer buffer);
}
