using System.CommandLine;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Cli;

/// <summary>The one entry: parses arguments, calls a command, and turns every failure into one message and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>Time that a run is given after Ctrl-C to put its work down before the process ends.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <returns>0 done, 1 failed, 2 bad usage or configuration, 3 a gate refused to publish.</returns>
    public static async Task<int> RunAsync(string[] args, CliContext surroundings, CancellationToken cancellation = default)
    {
        var root = Root(surroundings);
        var parsed = root.Parse(args.Length == 0 ? ["serve"] : args);
        if (parsed.Errors.Count > 0) return Usage(parsed, surroundings);
        var configuration = new InvocationConfiguration
        {
            Output = surroundings.Out,
            Error = surroundings.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopPatience,
        };
        return await parsed.InvokeAsync(configuration, cancellation).ConfigureAwait(false);
    }

    /// <summary>For callers that only care what was written.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr) =>
        RunAsync(args, new CliContext { Out = stdout, Error = stderr });

    internal static RootCommand Root(CliContext surroundings)
    {
        var root = new RootCommand("A batch recommender: Parquet logs in, published and diversified lists out.")
        {
            SharedOptions.Config,
            SharedOptions.Set,
            SharedOptions.Json,
        };
        foreach (var command in Commands.All.Build(surroundings)) root.Add(command);
        return root;
    }

    private static int Usage(ParseResult parsed, CliContext surroundings)
    {
        var command = parsed.CommandResult.Command;
        var messages = parsed.Errors.Select(e => e.Message).Distinct().ToList();
        var known = command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name).ToList();
        if (known.Count > 0 && parsed.UnmatchedTokens is [{ Length: > 0 } unknown, ..] && unknown[0] != '-')
        {
            string nearest = NearestName.Of(unknown, known) is { } name ? $"; the nearest is '{name}'" : "";
            messages = [$"'{unknown}' is not a command{nearest}; expected one of {string.Join(", ", known)}"];
        }
        string path = string.Concat(Names(command, parsed.RootCommandResult.Command).Select(n => n + " "));
        bool json = parsed.Tokens.Any(t => t.Value == SharedOptions.Json.Name);
        return Failure.Report($"{string.Join(Environment.NewLine, messages)}{Environment.NewLine}See: {path}--help", 2, json, surroundings);
    }

    private static IEnumerable<string> Names(Command command, Command root) =>
        command == root ? [] : Names(command.Parents.OfType<Command>().First(), root).Append(command.Name);
}
