using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

/// <summary>Full lower case of each character by itself, as the reference has it: a sigma at a word's end stays a plain one.</summary>
internal sealed class Lowercase : INormalizer
{
    public void Apply(TextBuffer buffer) => OfEachCharacter(buffer);

    public static void OfEachCharacter(TextBuffer buffer)
    {
        var text = buffer.Text;
        for (int at = 0; at < text.Length;)
        {
            int point = TextBuffer.Next(text, ref at);
            if (CodePoints.LowerCase(point) is { } lower) buffer.Append(lower);
            else buffer.AppendPoint(point);
        }
        buffer.Commit();
    }
}
