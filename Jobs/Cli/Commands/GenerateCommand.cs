using System.CommandLine;
using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Synthetic;
using Recsys.Batch.Pipeline.Synthetic.Kinds;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary><c>generate</c>: logs of a made-up shop, dirty as real ones are, with the configurations of nights over them.</summary>
internal static class GenerateCommand
{
    private const string Shop = "shop";

    public static Command Build(CliContext surroundings)
    {
        var kind = new Option<string>("--kind")
        {
            Description = $"{Shop}, or a log that one property rules: {string.Join(", ", SyntheticKinds.All.Select(k => k.Name))}",
            HelpName = "NAME",
            DefaultValueFactory = _ => Shop,
        };
        var users = new Option<int?>("--users") { Description = "Users; a shop needs it, the other kinds have sizes of their own", HelpName = "N" };
        var items = new Option<int?>("--items") { Description = "Items; likewise", HelpName = "N" };
        var events = new Option<long?>("--events") { Description = "Events, a shop's dirty ones included; likewise", HelpName = "N" };
        var seed = new Option<ulong>("--seed") { Description = "Source of all randomness", HelpName = "S", DefaultValueFactory = _ => 42UL };
        var days = new Option<int?>("--days") { Description = "Daily files; a shop has 14 unless it is said otherwise", HelpName = "N" };
        var output = new Option<string>("--out", "-o") { Description = "Where the files go", Required = true, HelpName = "DIR" };
        return new Command("generate", "Synthetic logs with power-law popularity and planted tastes, orders, searches and rules")
        {
            kind, users, items, events, seed, days, output, GenerateFeedbackCommand.Build(surroundings),
        }.Does(surroundings, async call =>
        {
            var runs = call.Night(call.Settings(), Settings.AllButIngest).Runs;
            string name = call.Value(kind)!;
            var of = SyntheticKinds.Find(name);
            if (of is null && name != Shop)
            {
                throw new ConfigurationException(
                    $"--kind is '{name}'; expected one of {string.Join(", ", SyntheticKinds.All.Select(k => k.Name).Prepend(Shop))}");
            }
            string folder = call.FullPath(call.Value(output)!);
            if (Directory.Exists(Path.Combine(folder, "events")))
            {
                throw new ConfigurationException(
                    $"--out is {folder}, which has events already; give another folder, or delete {Path.Combine(folder, "events")}");
            }
            if (of is not null)
            {
                await GeneratedKind.Write(
                    call, of,
                    new KindParameters(
                        call.Value(users) ?? of.Sizes.Users, call.Value(items) ?? of.Sizes.Items, call.Value(events) ?? of.Sizes.Events, call.Value(seed))
                    {
                        Days = call.Value(days) ?? of.Sizes.Days,
                    },
                    folder, runs).ConfigureAwait(false);
                return 0;
            }
            var shop = new SyntheticParameters(
                (int)Needed(call.Value(users), users), (int)Needed(call.Value(items), items), Needed(call.Value(events), events), call.Value(seed));
            if (call.Value(days) is { } given) shop = shop with { Days = given };
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

    private static long Needed(long? given, Option option) =>
        given ?? throw new ConfigurationException($"{option.Name} is not given; expected a whole number: a {Shop} has no size of its own");
}
