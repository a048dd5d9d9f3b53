using System.Collections;

namespace Recsys.Batch.Jobs.Cli;

/// <summary>All that the command line takes from the process around it, so that tests give it another one.</summary>
internal sealed record CliContext
{
    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    public TextReader In { get; init; } = TextReader.Null;

    /// <summary>Whether people watch <see cref="Out"/>: colours, a live display. Otherwise lines are plain and appended.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Columns of the terminal.</summary>
    public int Width { get; init; } = 120;

    /// <summary>Folder that relative paths of arguments start from.</summary>
    public string Folder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Environment variables by name.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The surroundings of this process.</summary>
    public static CliContext OfProcess() => new()
    {
        Out = System.Console.Out,
        Error = System.Console.Error,
        In = System.Console.In,
        OutIsTerminal = !System.Console.IsOutputRedirected,
        Width = System.Console.IsOutputRedirected || System.Console.WindowWidth <= 0 ? 120 : System.Console.WindowWidth,
        Variables = Environment.GetEnvironmentVariables()
            .Cast<DictionaryEntry>()
            .ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "", StringComparer.Ordinal),
    };
}
