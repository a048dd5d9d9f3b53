namespace Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

/// <summary>Every match of a pattern becomes a fixed text.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : INormalizer
{
    public void Apply(TextBuffer buffer)
    {
        var text = buffer.Text;
        int done = 0;
        foreach (var (from, to) in pattern.Matches(text))
        {
            buffer.Append(text[done..from]);
            buffer.Append(content);
            if (content.Length == 0) buffer.DroppedAt(from);
            done = to;
        }
        if (done == 0) return;
        buffer.Append(text[done..]);
        buffer.Commit();
    }
}
