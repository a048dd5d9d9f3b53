namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>Where a word mark is put before a piece that has none.</summary>
internal enum PrependScheme
{
    Always,
    First,
    Never,
}

/// <summary>SentencePiece's way with blanks: each becomes a mark, and a piece starts at every mark.</summary>
internal sealed class Metaspace(char mark, PrependScheme prepend, bool split) : IPreTokenizer
{
    public void Split(Pieces pieces)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < pieces.Count; i++)
        {
            var piece = pieces[i];
            if (piece.IsEmpty) continue;
            text.Clear();
            bool marked = piece[0] == ' ' || piece[0] == mark;
            if (!marked && (prepend == PrependScheme.Always || prepend == PrependScheme.First && i == 0 && pieces.StartOfText)) text.Append(mark);
            text.Append(piece).Replace(' ', mark);
            string marks = text.ToString();
            if (!split)
            {
                pieces.Append(marks);
                continue;
            }
            int from = 0;
            for (int at = 1; at < marks.Length; at++)
            {
                if (marks[at] != mark) continue;
                pieces.Append(marks.AsSpan(from, at - from));
                from = at;
            }
            pieces.Append(marks.AsSpan(from));
        }
        pieces.Commit();
    }
}
