using System.Text.Encodings.Web;
using System.Text.Json;
using Recsys.Batch.Jobs.Text;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>
/// Where a command writes: for people (colours and boxes on a terminal, plain lines where redirected) or, with <c>--json</c>, nothing but one
/// object at the end.
/// </summary>
internal sealed class Screen
{
    /// <summary>Redirected lines are for grep and logs: they are as long as they are.</summary>
    private const int PlainWidth = 240;

    public static readonly JsonSerializerOptions JsonStyle = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    private readonly TextWriter _out;
    private bool _written;

    public Screen(CliContext surroundings, bool json)
    {
        IsJson = json;
        _out = surroundings.Out;
        IsTerminal = surroundings.OutIsTerminal && !json;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = IsTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = IsTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(json ? TextWriter.Null : IsTerminal ? surroundings.Out : new PlainLines(surroundings.Out)),
        });
        Console.Profile.Width = IsTerminal ? surroundings.Width : PlainWidth;
        if (!IsTerminal) Console.Profile.Capabilities.Unicode = true;
    }

    public bool IsJson { get; }

    /// <summary>Whether people watch: a live display is worth drawing.</summary>
    public bool IsTerminal { get; }

    /// <summary>For everything that people read; a black hole under <c>--json</c>.</summary>
    public IAnsiConsole Console { get; }

    /// <summary>One line of text that may hold anything: nothing in it is markup.</summary>
    public void Line(string text = "") => Console.WriteLine(SafeText.Line(text));

    /// <summary>One line that a narrow terminal does not break in two: it is made to be pasted.</summary>
    public void Unbroken(string text) => Console.Profile.Out.Writer.WriteLine(SafeText.Line(text));

    /// <summary>One line of Spectre markup; text from data in it must have gone through <see cref="Cell"/>.</summary>
    public void Markup(string markup) => Console.MarkupLine(markup);

    /// <summary>Text from data as markup that shows exactly that text.</summary>
    public static string Cell(string? text) => SafeText.Line(text).EscapeMarkup();

    /// <summary>A table in the house's look: light rules on a terminal, columns and spaces where redirected.</summary>
    public Table Table(string? title = null)
    {
        var table = new Table { Border = IsTerminal ? TableBorder.Rounded : TableBorder.None, UseSafeBorder = false };
        table.BorderStyle(new Style(Color.Grey37));
        if (title is not null) table.Title(new TableTitle(title, new Style(decoration: Decoration.Bold)));
        return table;
    }

    /// <summary>Writes the one object of <c>--json</c>; does nothing otherwise.</summary>
    public void Json(object value)
    {
        if (!IsJson) return;
        if (_written) throw new InvalidOperationException("--json prints exactly one object");
        _written = true;
        _out.WriteLine(JsonSerializer.Serialize(value, JsonStyle));
    }
}
