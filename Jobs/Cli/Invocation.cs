using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Cli;

/// <summary>One call of one command: its arguments, where it writes, its settings and how it is stopped.</summary>
internal sealed class Invocation(ParseResult arguments, CliContext surroundings, CancellationToken cancellation)
{
    public ParseResult Arguments { get; } = arguments;

    public CliContext CliContext { get; } = surroundings;

    public CancellationToken Cancellation { get; } = cancellation;

    public Screen Screen { get; } = new(surroundings, arguments.GetValue(SharedOptions.Json));

    public T? Value<T>(Option<T> option) => Arguments.GetValue(option);

    public T Value<T>(Argument<T> argument) => Arguments.GetRequiredValue(argument);

    /// <summary>A path from the command line, from the caller's folder.</summary>
    public string FullPath(string path) => Path.GetFullPath(path, CliContext.Folder);

    /// <summary>
    /// The settings tree: defaults beside the program, <paramref name="files"/> of the command itself, the user's files, the
    /// environment, then <c>--set</c>.
    /// </summary>
    public SettingsNode Settings(params IEnumerable<string> files)
    {
        var layers = new SettingsLayers().AddFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"));
        foreach (string file in files) layers.AddFile(file);
        foreach (string file in Value(SharedOptions.Config) ?? []) layers.AddFile(FullPath(file));
        return layers
            .AddEnvironment(CliContext.Variables)
            .AddAssignments(Value(SharedOptions.Set) ?? [])
            .Root;
    }

    /// <summary>The options of a night, checked; what the settings hold of retired keys is warned of on stderr.</summary>
    /// <param name="check">Sections whose values are checked; null is all.</param>
    /// <param name="more">Sections that the command uses besides those of a night.</param>
    public PipelineOptions Night(SettingsNode root, IReadOnlyList<string>? check, params IReadOnlyList<object> more)
    {
        foreach (string warning in Configuration.Settings.Warnings(root)) CliContext.Error.WriteLine(SafeText.Line("warning: " + warning));
        // A file may serve all commands: the host's sections are not unknown keys to a night in the foreground.
        return Configuration.Settings.Night(root, check, more.Any(m => m is HostSections) ? more : [.. more, new UnusedSections(new HostSections())]);
    }
}
