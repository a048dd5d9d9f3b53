using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Synthetic.Kinds;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>generate --kind</c> for every kind but the shop: a log of events and items, with the configuration of a night over it.</summary>
internal static class GeneratedKind
{
    public static async Task Write(Invocation call, SyntheticKind kind, KindParameters parameters, string folder, RunsOptions runs)
    {
        FolderRights.Require(folder, "--out");
        Directory.CreateDirectory(folder);
        var files = await StepWork.Show(call, "generate", ["write"], runs, work =>
            work.Do("write", context => KindLog.Write(kind, parameters, folder, ParquetFiles.Writer(), context), out _)).ConfigureAwait(false);
        string mapping = Path.Combine(folder, "night.json");
        await File.WriteAllTextAsync(mapping, GeneratedConfiguration.Kind(kind.HasRatings), call.Cancellation).ConfigureAwait(false);
        call.Screen.Line(
            $"{Format.Count(files.EventRows)} events of {Format.Count(parameters.Users)} users in "
            + $"{files.Events.Count.ToString(CultureInfo.InvariantCulture)} files and {Format.Count(parameters.Items)} items in {folder}; kind {kind.Name}");
        call.Screen.Line($"A night over them: run nightly --config {mapping} --out {Path.Combine(folder, "out")}");
        call.Screen.Json(new { Folder = folder, Kind = kind.Name, files.EventRows, files.Events, files.Items, Config = mapping });
    }
}
