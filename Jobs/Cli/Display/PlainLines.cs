using System.Text;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>Drops the blanks that tables pad their lines with: redirected lines end where their text ends.</summary>
internal sealed class PlainLines(TextWriter to) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => to.Encoding;

    public override void Write(char value)
    {
        if (value != '\n')
        {
            _line.Append(value);
            return;
        }
        to.Write(_line.ToString().AsSpan().TrimEnd());
        to.Write('\n');
        _line.Clear();
    }

    public override void Flush() => to.Flush();
}
