using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

/// <summary>One after the other.</summary>
internal sealed class NormalizerSequence(INormalizer[] parts) : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        foreach (var part in parts) part.Apply(buffer);
    }
}

/// <summary>NFC, NFD, NFKC or NFKD.</summary>
internal sealed class FormNormalizer(bool compose, bool compatible) : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        if (compose) NormalForm.Compose(buffer, compatible);
        else NormalForm.Decompose(buffer, compatible);
    }
}

/// <summary>Drops combining marks as they stand: decomposition is another normalizer's.</summary>
internal sealed class StripAccents : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (int at = 0; at < text.Length;)
        {
            int from = at;
            int point = TextBuffer.Next(text, ref at);
            if (CodePoints.IsCombiningMark(point)) buffer.DroppedAt(from);
            else buffer.AppendPoint(point);
        }
        buffer.Commit();
    }
}

/// <summary>Blanks off the ends.</summary>
internal sealed class StripBlanks(bool left, bool right) : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        var text = buffer.Text;
        int from = 0, to = text.Length;
        while (left && from < to && CodePoints.IsWhitespace(text[from])) from++;
        if (from > 0) buffer.DroppedAt(0);
        while (right && to > from && CodePoints.IsWhitespace(text[to - 1])) to--;
        buffer.Append(text[from..to]);
        buffer.Commit();
    }
}

/// <summary>Puts a text before one that is not empty.</summary>
internal sealed class Prepend(string prefix) : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        if (buffer.Text.IsEmpty) return;
        buffer.Append(prefix);
        buffer.Append(buffer.Text);
        buffer.Commit();
    }
}

/// <summary>SentencePiece's rules of machine translation: control characters go, odd blanks become plain ones.</summary>
internal sealed class NmtNormalizer : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (int at = 0; at < text.Length; at++)
        {
            char c = text[at];
            if (c is >= '\u0001' and <= '\u0008' or '\u000B' or >= '\u000E' and <= '\u001F' or '\u007F' or '\u008F' or '\u009F')
            {
                buffer.DroppedAt(at);
                continue;
            }
            bool blank = c is '\t' or '\n' or '\f' or '\r' or '\u1680' or >= '\u200B' and <= '\u200F' or '\u2028' or '\u2029' or '\u2581' or '\uFEFF'
                or '\uFFFD';
            buffer.Append(blank ? ' ' : c);
        }
        buffer.Commit();
    }
}
