using System.CommandLine;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Cli.Doctor;

/// <summary>The settings, fault by fault, and the folder that they publish to.</summary>
internal static class ConfigurationFindings
{
    private const string Area = "settings";

    public static IEnumerable<Finding> All(Invocation call, Option<string?> output)
    {
        SettingsNode root;
        try
        {
            root = call.Settings(output);
        }
        catch (ConfigurationException e)
        {
            return [new(Area, "sources", FindingState.Misconfigured, e.Message)];
        }
        var night = new NightOptions();
        bool hasLog = root.Find(nameof(NightOptions.Ingest)) is not null;
        var faults = Settings.Faults(root, night, hasLog ? null : Settings.AllButIngest);
        string files = string.Join(", ", (call.Value(SharedOptions.Config) ?? []).Prepend("appsettings.json"));
        return
        [
            new(Area, "files", FindingState.Fine, files),
            .. hasLog ? Array.Empty<Finding>() : [new Finding(Area, "logs", FindingState.Absent, "none is configured; see --config and README's mapping")],
            .. faults.Select(f => new Finding(Area, "fault", FindingState.Misconfigured, f)),
            .. Output(night.Publish, call.FullPath(night.Publish.Path)),
        ];
    }

    private static IEnumerable<Finding> Output(PublishOptions options, string path)
    {
        const string Folder = "output";
        var existing = new DirectoryInfo(path);
        while (existing is { Exists: false, Parent: not null }) existing = existing.Parent;
        yield return new(Folder, "folder", FindingState.Fine, path + (Directory.Exists(path) ? "" : " (made by the first run)"));
        yield return new(Folder, "free space", FindingState.Fine, Wording.Bytes(new DriveInfo(existing.FullName).AvailableFreeSpace));
        if (!File.Exists(Path.Combine(path, "recsys.db")))
        {
            yield return new(Folder, "published", FindingState.Absent, "nothing yet");
            yield break;
        }
        using var folder = OutputFolder.OpenForReading(new PublishOptions { Path = path, Store = options.Store, Connection = options.Connection, Schema = options.Schema });
        var current = folder.Store.Versions().FirstOrDefault(v => v.State == VersionState.Current);
        if (current is null)
        {
            yield return new(Folder, "published", FindingState.Absent, "no current version");
            yield break;
        }
        yield return new(Folder, "published", FindingState.Fine, $"{current.Version}, {Wording.Count(current.Users)} users");
        var damage = folder.Damage(current);
        yield return damage.Count == 0
            ? new(Folder, "files", FindingState.Fine, "whole")
            : new(Folder, "files", FindingState.Broken, string.Join("; ", damage));
    }
}
