using System.CommandLine;
using System.Data.Common;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Storage;

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
        var night = new PipelineOptions();
        bool hasLog = root.Find(nameof(PipelineOptions.Ingest)) is not null;
        var sections = new HostSections();
        var faults = Settings.Faults(root, night, hasLog ? null : Settings.AllButIngest, sections);
        string files = string.Join(", ", (call.Value(SharedOptions.Config) ?? []).Prepend("appsettings.json"));
        return
        [
            new(Area, "files", FindingState.Fine, files),
            .. hasLog ? Array.Empty<Finding>() : [new Finding(Area, "logs", FindingState.Absent, "none is configured; see --config and README's mapping")],
            .. faults.Select(f => new Finding(Area, "fault", FindingState.Misconfigured, f)),
            .. IdleOptions.Of(night).Where(_ => hasLog).Select(i => new Finding(Area, "without effect", FindingState.Absent, i)),
            .. RetiredKeys.OfThisVersion.Warnings(root).Select(w => new Finding(Area, "retired key", FindingState.Outdated, w)),
            .. RenamedKeys.OfThisVersion.Warnings(root).Select(w => new Finding(Area, "renamed key", FindingState.Outdated, w)),
            .. faults.Any(f => f.StartsWith(nameof(HostSections.Scheduler) + ":", StringComparison.OrdinalIgnoreCase))
                ? Array.Empty<Finding>()
                : [Scheduler(sections.Scheduler, night.Publish)],
            .. Logs(night),
            .. Output(night.Publish, call.FullPath(night.Publish.Path)),
        ];
    }

    private static Finding Scheduler(SchedulerOptions options, PublishOptions publish)
    {
        const string Name = "scheduler";
        string engine = "Hangfire " + PackageVersions.Of("Hangfire.Core", typeof(SchedulerOptions).Assembly);
        if (options.Store == SchedulerStore.Memory) return new(Area, Name, FindingState.Fine, $"{engine}, queue in memory");
        return publish.Store == OutputEngine.PostgreSql
            ? new(Area, Name, FindingState.Fine, $"{engine}, queue in PostgreSQL beside schema {publish.Schema}")
            : new(
                Area, Name, FindingState.Misconfigured,
                $"Scheduler:Store is {options.Store} and Publish:Store is {publish.Store}; expected Publish:Store=PostgreSql too, or Scheduler:Store=Memory");
    }

    private static IEnumerable<Finding> Logs(PipelineOptions night)
    {
        var paths = night.Ingest.Events.Select(e => (e.Name, e.Path))
            .Append(("items", night.Ingest.Items?.Path ?? ""))
            .Append(("users", night.Ingest.Users?.Path ?? ""))
            .Where(p => p.Item2.Length > 0);
        foreach (var (name, path) in paths)
        {
            Finding found;
            try
            {
                var files = ParquetFiles.Reader().Expand(path);
                if (files.Count == 0) found = new("logs", name, FindingState.Absent, $"{path} matches no Parquet file");
                else
                {
                    using (File.OpenHandle(files[^1]))
                        found = new("logs", name, FindingState.Fine, $"{Format.Count(files.Count)} files of {path}, the last can be opened (tried)");
                }
            }
            catch (Exception e) when (e is ParquetFileException or IOException or UnauthorizedAccessException)
            {
                found = new("logs", name, FindingState.Misconfigured, e.Message);
            }
            yield return found;
        }
    }

    private static List<Finding> Output(PublishOptions options, string path)
    {
        const string Folder = "output";
        options.Path = path;
        var existing = new DirectoryInfo(path);
        while (existing is { Exists: false, Parent: not null }) existing = existing.Parent;
        List<Finding> found =
        [
            new(Folder, "folder", FindingState.Fine, path + (Directory.Exists(path) ? "" : " (made by the first run)")),
            FolderRights.Fault(path) is { } fault
                ? new(Folder, "rights", FindingState.Misconfigured, fault)
                : new(Folder, "rights", FindingState.Fine, "can be written (tried)"),
            new(Folder, "free space", FindingState.Fine, Format.Bytes(new DriveInfo(existing.FullName).AvailableFreeSpace)),
        ];
        try
        {
            using var database = OutputFolder.DatabaseOf(options);
            if (database is PostgresDatabase server) found.AddRange(ServerFindings.All(server));
            if (database.HasTables()) found.AddRange(Published(options));
            else found.Add(new(Folder, "published", FindingState.Absent, "nothing yet"));
        }
        catch (ConfigurationException e)
        {
            found.Add(new(Folder, "database", FindingState.Misconfigured, e.Message));
        }
        catch (Exception e) when (e is RunFailedException or DbException)
        {
            found.Add(new(Folder, "database", FindingState.Broken, e.Message.ReplaceLineEndings(" ")));
        }
        return found;

        static IEnumerable<Finding> Published(PublishOptions options)
        {
            using var folder = OutputFolder.OpenForReading(options);
            var current = folder.Store.Versions().FirstOrDefault(v => v.State == VersionState.Current);
            if (current is null) return [new(Folder, "published", FindingState.Absent, "no current version")];
            var damage = folder.Damage(current);
            return
            [
                new(Folder, "published", FindingState.Fine, $"{current.Version}, {Format.Count(current.Users)} users"),
                damage.Count == 0 ? new(Folder, "files", FindingState.Fine, "whole") : new(Folder, "files", FindingState.Broken, string.Join("; ", damage)),
            ];
        }
    }
}
