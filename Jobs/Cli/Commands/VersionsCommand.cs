using System.CommandLine;
using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>versions</c>: what was published, one version in full, back to an earlier one, and away with old ones.</summary>
internal static class VersionsCommand
{
    public static Command Build(CliContext surroundings)
    {
        var output = OutputOption.New();
        output.Recursive = true;
        var versions = new Command("versions", "Published versions: list (the default), show, rollback, export, prune") { output };
        versions.Does(surroundings, call => List(call, output));
        versions.Add(new Command("list", "All versions, newest first").Does(surroundings, call => List(call, output)));

        var shown = new Argument<string>("V") { Description = "The version" };
        versions.Add(new Command("show", "One version: where it came from, its metrics, whether its files are whole") { shown }
            .Does(surroundings, call => Show(call, output, call.Value(shown))));

        var target = new Argument<string?>("V")
        {
            Description = "The version to go back to; the newest complete one before the current where left out",
            Arity = ArgumentArity.ZeroOrOne,
        };
        versions.Add(new Command("rollback", "Make an earlier version the current one, in one switch") { target }
            .Does(surroundings, call => Rollback(call, output, call.Arguments.GetValue(target))));

        var exported = new Argument<string?>("V") { Description = "The version; the current one where left out", Arity = ArgumentArity.ZeroOrOne };
        var to = new Option<string>("--to") { Description = "A new folder", HelpName = "DIR", Required = true };
        versions.Add(new Command("export", "Its tables as Parquet, with a keyed hash in the place of each user's id") { exported, to }
            .Does(surroundings, call => Export(call, output, call.Arguments.GetValue(exported), call.Value(to)!)));

        var keep = new Option<int?>("--keep") { Description = "Complete versions that stay; Publish:KeepVersions where left out", HelpName = "N" };
        versions.Add(new Command("prune", "Delete the oldest versions, never the current one, and the oldest logs") { keep }
            .Does(surroundings, call => Prune(call, output, call.Value(keep))));
        return versions;
    }

    /// <summary>Who acts, as the audit log names them.</summary>
    internal static string AtCommandLine => $"{Environment.UserName} at the command line";

    private static Task<int> List(Invocation call, Option<string?> output)
    {
        using var place = OutputConnection.OpenForReading(call.Published(output).Publish, call.CliContext.Time);
        var all = place.Store.Versions();
        var table = call.Screen.Table();
        table.AddColumns("Version", "State", "Created", "Data", "Users", "Rows");
        foreach (int right in (int[])[4, 5]) table.Columns[right].RightAligned();
        foreach (var column in table.Columns) column.NoWrap();
        foreach (var v in all)
            table.AddRow(
                Screen.Cell(v.Version), State(v),
                v.Created.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                Screen.Cell($"{v.WindowFrom} .. {v.WindowTo}"), Format.Count(v.Users), Format.Count(v.Rows));
        call.Screen.Console.Write(table);
        call.Screen.Json(new { place.Store.Current, Versions = all });
        return Task.FromResult(0);
    }

    private static Task<int> Show(Invocation call, Option<string?> output, string name)
    {
        using var place = OutputConnection.OpenForReading(call.Published(output).Publish, call.CliContext.Time);
        var version = place.Store.Find(name)
            ?? throw new ConfigurationException($"there is no version '{name}'; there are {string.Join(", ", place.Store.Versions().Select(v => v.Version))}");
        IReadOnlyList<string> damage = version.State == VersionState.Rejected ? [] : place.Folder.Damage(version);
        var table = call.Screen.Table();
        table.HideHeaders().AddColumn(new TableColumn("").NoWrap()).AddColumn("");
        foreach (var (key, value) in Facts(place.Folder, version, damage)) table.AddRow($"[grey]{Screen.Cell(key)}[/]", Screen.Cell(value));
        foreach (var (key, value) in version.Metrics.OrderBy(m => m.Key, StringComparer.Ordinal))
            table.AddRow($"[grey]{Screen.Cell(key)}[/]", Format.Number(value, "0.######"));
        call.Screen.Console.Write(table);
        call.Screen.Json(new { Version = version, Damage = damage });
        return Task.FromResult(damage.Count == 0 ? 0 : 1);
    }

    private static Task<int> Rollback(Invocation call, Option<string?> output, string? name)
    {
        var night = call.Published(output);
        using (OutputConnection.OpenForReading(night.Publish, call.CliContext.Time))
        {
        }
        var (before, version) = NightlyRun.Write(
            night, new WriterInfo(WriterInfo.ThisNode, "rollback"), call.CliContext.Time, place =>
            {
                var (was, now) = (place.Store.Current, place.Folder.Rollback(name));
                place.Operations.Append(RollbackJob.Entry(was, now.Version) with { By = AtCommandLine, Node = WriterInfo.ThisNode });
                return (was, now);
            });
        call.Screen.Line($"Current is {version.Version}; before it was {before}. Go forward again with: versions rollback {before}");
        call.Screen.Json(new { Current = version.Version, Before = before });
        return Task.FromResult(0);
    }

    private static Task<int> Export(Invocation call, Option<string?> output, string? name, string to)
    {
        var night = call.Published(output);
        using var place = OutputConnection.OpenForReading(night.Publish, call.CliContext.Time);
        string wanted = name ?? place.Store.Current ?? throw new ConfigurationException("no version is current; run nightly first");
        var version = place.Store.Find(wanted) is { IsComplete: true } found ? found : throw new ConfigurationException(
            $"there is no complete version '{wanted}'; complete ones: "
            + string.Join(", ", place.Store.Versions().Where(v => v.IsComplete).Select(v => v.Version)));
        if (place.Folder.Damage(version) is [var damage, ..])
            throw new ArtifactException(place.Folder.FolderOf(wanted), $"version '{wanted}' is corrupt: {damage}; export another one");
        var hash = UserHash.Open(night.Privacy, Path.Combine(night.Publish.Path, SuppressionList.Folder, SuppressionList.KeyFile)).ForExports();
        string folder = call.FullPath(to);
        var rows = new MaskedExport(ParquetFiles.Reader(), ParquetFiles.Writer(), id => hash.Of(id), night.Publish.RowsPerFile)
            .Run(place.Folder.FolderOf(wanted), folder, call.Cancellation);
        call.Screen.Line($"Version {wanted} is in {folder}: {string.Join(", ", rows.Select(r => $"{Format.Count(r.Value)} rows of {r.Key}"))}.");
        call.Screen.Line("Each user has the same hash in every export under this key.");
        call.Screen.Json(new { Version = wanted, Folder = folder, Rows = rows });
        return Task.FromResult(0);
    }

    private static Task<int> Prune(Invocation call, Option<string?> output, int? keep)
    {
        var night = call.Published(output);
        int kept = keep ?? night.Publish.KeepVersions;
        if (kept < 1) throw new ConfigurationException($"--keep is {kept}; expected 1 or more");
        using (OutputConnection.OpenForReading(night.Publish, call.CliContext.Time))
        {
        }
        var (gone, current, rows) = NightlyRun.Write(
            night, new WriterInfo(WriterInfo.ThisNode, "prune"), call.CliContext.Time,
            place =>
            {
                var gone = place.Folder.Prune(kept, night.Publish.FeedbackTime, call.CliContext.Time.GetUtcNow());
                if (gone.Count > 0)
                    place.Operations.Append(new AuditEntry(AtCommandLine, AuditActs.Pruned, string.Join(", ", gone), Node: WriterInfo.ThisNode));
                return (gone, place.Store.Current, LedgerRetention.Prune(place.Operations, night.Runs, call.CliContext.Time));
            });
        call.Screen.Line(gone.Count == 0 ? $"No version to delete: no more than {kept} complete ones." : $"Deleted {string.Join(", ", gone)}.");
        if (rows > 0) call.Screen.Line($"{Format.Count(rows)} rows of the ledger from more than {night.Runs.KeepDays} days ago went too.");
        call.Screen.Json(new { Deleted = gone, Current = current, LedgerRows = rows });
        return Task.FromResult(0);
    }

    private static IEnumerable<(string Key, string Value)> Facts(OutputFolder folder, VersionRecord v, IReadOnlyList<string> damage) =>
    [
        ("version", v.Version),
        ("state", v.State.ToString().ToLowerInvariant() + (v.RolledBack ? ", rolled back" : "")),
        .. v.Base is { } of ? [("delta of", of)] : Array.Empty<(string, string)>(),
        ("run", v.RunId),
        ("created", v.Created.ToString("O", CultureInfo.InvariantCulture)),
        ("data", $"{v.WindowFrom} .. {v.WindowTo}"),
        ("users", Format.Count(v.Users)),
        ("rows", Format.Count(v.Rows)),
        ("options hash", v.OptionsHash),
        ("manifest", v.ManifestSha256),
        ("folder", folder.FolderOf(v.Version)),
        ("files", damage.Count == 0 ? "whole" : string.Join("; ", damage)),
    ];

    private static string State(VersionRecord version)
    {
        string state = version.State switch
        {
            VersionState.Current => "[green]current[/]",
            VersionState.Rejected => "[red]rejected[/]",
            _ => version.State.ToString().ToLowerInvariant(),
        };
        return state + (version.RolledBack ? " [yellow]rolled back[/]" : "") + (version.Base is null ? "" : " [grey]delta[/]");
    }
}
