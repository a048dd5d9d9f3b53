using System.CommandLine;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Cli;

/// <summary><c>--out DIR</c>: short for <c>--set Publish:Path=DIR</c>, on every command that reads or writes an output folder.</summary>
internal static class OutputOption
{
    public static Option<string?> New() => new("--out", "-o")
    {
        Description = "The output folder; short for --set Publish:Path=DIR",
        HelpName = "DIR",
    };

    /// <summary>The settings tree with the output folder that was asked for.</summary>
    public static SettingsNode Settings(this Invocation call, Option<string?> output, params IEnumerable<string> files)
    {
        var root = call.Settings(files);
        if (call.Value(output) is { } folder) root.Child("Publish", "--out").Child("Path", "--out").SetScalar(folder, "--out");
        return root;
    }

    /// <summary>The options of a night whose output folder is the one asked for, all of them checked.</summary>
    /// <param name="more">Sections that the command uses besides those of a night.</param>
    public static PipelineOptions Night(this Invocation call, Option<string?> output, IReadOnlyList<object> more, params IEnumerable<string> files) =>
        Located(call, call.Night(call.Settings(output, files), null, more));

    /// <summary>The same for commands that read no log: what is said of logs is not checked.</summary>
    public static PipelineOptions Published(this Invocation call, Option<string?> output, params IReadOnlyList<object> more) =>
        Located(call, call.Night(call.Settings(output), Configuration.Settings.AllButIngest, more));

    private static PipelineOptions Located(Invocation call, PipelineOptions night)
    {
        night.Publish.Path = call.FullPath(night.Publish.Path);
        return night;
    }
}
