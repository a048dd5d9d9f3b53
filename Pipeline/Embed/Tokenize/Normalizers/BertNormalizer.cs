using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

/// <summary>BERT's own, in the reference's order: cleaning, blanks around Chinese characters, accents, lower case.</summary>
internal sealed class BertNormalizer(bool cleanText, bool handleChinese, bool stripAccents, bool lowercase) : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        if (cleanText) Clean(buffer);
        if (handleChinese) Isolate(buffer);
        if (stripAccents)
        {
            NormalForm.Decompose(buffer, compatible: false);
            Drop(buffer);
        }
        if (lowercase) Lowercase.OfEachCharacter(buffer);
    }

    private static void Clean(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (int at = 0; at < text.Length;)
        {
            int from = at;
            int point = TextBuffer.Next(text, ref at);
            if (CodePoints.IsControl(point))
            {
                buffer.DroppedAt(from);
                continue;
            }
            buffer.AppendPoint(CodePoints.IsWhitespace(point) ? ' ' : point);
        }
        buffer.Commit();
    }

    private static void Isolate(TextBuffer buffer)
    {
        var text = buffer.Text;
        if (text.IndexOfAnyExceptInRange('\0', '\u33FF') < 0) return;
        for (int at = 0; at < text.Length;)
        {
            int point = TextBuffer.Next(text, ref at);
            bool alone = CodePoints.IsChinese(point);
            if (alone) buffer.Append(' ');
            buffer.AppendPoint(point);
            if (alone) buffer.Append(' ');
        }
        buffer.Commit();
    }

    private static void Drop(TextBuffer buffer)
    {
        var text = buffer.Text;
        if (text.IndexOfAnyExceptInRange('\0', '\u02FF') < 0) return;
        for (int at = 0; at < text.Length;)
        {
            int from = at;
            int point = TextBuffer.Next(text, ref at);
            if (CodePoints.IsNonspacingMark(point)) buffer.DroppedAt(from);
            else buffer.AppendPoint(point);
        }
        buffer.Commit();
    }
}
