namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>Cuts each piece of a text into smaller ones. Holds no state of a text, so many threads may share one.</summary>
internal interface IPreTokenizer
{
    void Split(Pieces pieces);
}
