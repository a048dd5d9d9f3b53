using System.CommandLine;
using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>generate</c>: logs of a made-up shop, dirty as real ones are, with the configurations of nights over them.</summary>
internal static class GenerateCommand
{
    public static Command Build(CliContext surroundings)
    {
        var users = new Option<int>("--users") { Description = "Users", Required = true, HelpName = "N" };
        var items = new Option<int>("--items") { Description = "Items", Required = true, HelpName = "N" };
        var events = new Option<long>("--events") { Description = "Events, dirty ones included", Required = true, HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Source of all randomness", HelpName = "S", DefaultValueFactory = _ => 42UL };
        var days = new Option<int>("--days") { Description = "Daily files", HelpName = "N", DefaultValueFactory = _ => 14 };
        var output = new Option<string>("--out", "-o") { Description = "Where the files go", Required = true, HelpName = "DIR" };
        return new Command("generate", "Synthetic logs with power-law popularity and planted tastes, orders, searches and rules")
        {
            users, items, events, seed, days, output, GenerateFeedbackCommand.Build(surroundings),
        }.Does(surroundings, async call =>
        {
            var runs = call.Night(call.Settings(), Settings.AllButIngest).Runs;
            var shop = new SyntheticParameters(call.Value(users), call.Value(items), call.Value(events), call.Value(seed)) { Days = call.Value(days) };
            string folder = call.FullPath(call.Value(output)!);
            if (Directory.Exists(Path.Combine(folder, "events")))
            {
                throw new ConfigurationException(
                    $"--out is {folder}, which has events already; give another folder, or delete {Path.Combine(folder, "events")}");
            }
            FolderRights.Require(folder, "--out");
            Directory.CreateDirectory(folder);
            SyntheticNames? names = null;
            var files = await StepWork.Show(call, "generate", ["write"], runs, work =>
                work.Do("write", context =>
                {
                    var log = SyntheticLog.Write(shop, folder, ParquetFiles.Writer(), context);
                    names = SyntheticPlaces.Write(shop, folder, ParquetFiles.Writer(), context);
                    return log;
                }, out _)).ConfigureAwait(false);
            string mapping = Path.Combine(folder, "night.json"), places = Path.Combine(folder, "places.json");
            string rules = Path.Combine(folder, "rules.json");
            await File.WriteAllTextAsync(mapping, GeneratedConfiguration.Log, call.Cancellation).ConfigureAwait(false);
            await File.WriteAllTextAsync(places, GeneratedConfiguration.Places(shop, names!), call.Cancellation).ConfigureAwait(false);
            await File.WriteAllTextAsync(rules, GeneratedConfiguration.Rules(shop, names!), call.Cancellation).ConfigureAwait(false);
            call.Screen.Line(
                $"{Format.Count(files.EventRows)} events in {files.Events.Count.ToString(CultureInfo.InvariantCulture)} files and "
                + $"{Format.Count(shop.Items)} items in {folder}; beside them orders, ratings, searches and users");
            call.Screen.Line($"A night over the events alone: run nightly --config {mapping} --out {Path.Combine(folder, "out")}");
            call.Screen.Line(
                $"One over all of it, with every place and a rule of each kind: run nightly --config {places} --out {Path.Combine(folder, "out-places")}");
            call.Screen.Json(new { Folder = folder, files.EventRows, files.Events, files.Items, Config = mapping, Places = places, Rules = rules });
            return 0;
        });
    }
}
