using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>Words between blanks; each punctuation mark is a word.</summary>
internal sealed class BertPreTokenizer : IPreTokenizer
{
    public void Split(Pieces pieces)
    {
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            int from = 0;
            for (int at = 0; at < piece.Length;)
            {
                int here = at;
                int point = TextBuffer.Next(piece, ref at);
                bool blank = CodePoints.IsWhitespace(point);
                if (!blank && !CodePoints.IsPunctuation(point)) continue;
                pieces.Append(piece[from..here]);
                if (!blank) pieces.Append(piece[here..at]);
                from = at;
            }
            pieces.Append(piece[from..]);
        }
        pieces.Commit();
    }
}
