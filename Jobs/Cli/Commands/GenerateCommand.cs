using System.CommandLine;
using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>generate</c>: logs of a made-up shop, dirty as real ones are, with the mapping that a night over them needs.</summary>
internal static class GenerateCommand
{
    private const string Mapping =
        """
        {
          "Ingest": {
            "Events": [
              {
                "Name": "shop",
                "Path": "./events",
                "Columns": { "User": "user_id", "Item": "item_id", "Time": "event_time", "Kind": "event_type", "Quantity": "quantity", "Price": "price" }
              }
            ],
            "Items": {
              "Path": "./items.parquet",
              "Columns": { "Id": "item_id", "Title": "title", "Category": ["category"], "Brand": "brand", "Price": "price" }
            }
          }
        }

        """;

    public static Command Build(CliContext surroundings)
    {
        var users = new Option<int>("--users") { Description = "Users", Required = true, HelpName = "N" };
        var items = new Option<int>("--items") { Description = "Items", Required = true, HelpName = "N" };
        var events = new Option<long>("--events") { Description = "Events, dirty ones included", Required = true, HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Source of all randomness", HelpName = "S", DefaultValueFactory = _ => 42UL };
        var days = new Option<int>("--days") { Description = "Daily files", HelpName = "N", DefaultValueFactory = _ => 14 };
        var output = new Option<string>("--out", "-o") { Description = "Where the files go", Required = true, HelpName = "DIR" };
        return new Command("generate", "Synthetic logs with power-law popularity and planted tastes")
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
            var files = await StepWork.Show(call, "generate", ["write"], runs, work =>
                work.Do("write", context => SyntheticLog.Write(shop, folder, ParquetFiles.Writer(), context), out _)).ConfigureAwait(false);
            string mapping = Path.Combine(folder, "night.json");
            await File.WriteAllTextAsync(mapping, Mapping, call.Cancellation).ConfigureAwait(false);
            call.Screen.Line(
                $"{Format.Count(files.EventRows)} events in {files.Events.Count.ToString(CultureInfo.InvariantCulture)} files and "
                + $"{Format.Count(shop.Items)} items in {folder}");
            call.Screen.Line($"A night over them: run nightly --config {mapping} --out {Path.Combine(folder, "out")}");
            call.Screen.Json(new { Folder = folder, files.EventRows, files.Events, files.Items, Config = mapping });
            return 0;
        });
    }
}
