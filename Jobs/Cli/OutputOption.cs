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

    /// <summary>The options of a night, for commands that have no output folder.</summary>
    public static NightOptions Night(this Invocation call, params IReadOnlyList<object> more) => Configuration.Settings.Night(call.Settings(), more);

    /// <summary>The options of a night whose output folder is the one asked for.</summary>
    public static NightOptions Night(this Invocation call, Option<string?> output, params IEnumerable<string> files)
    {
        var night = Configuration.Settings.Night(call.Settings(output, files));
        night.Publish.Path = call.FullPath(night.Publish.Path);
        return night;
    }
}
