using System.CommandLine;
using System.Globalization;
using Recsys.Batch.Jobs.Cli.Display;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Jobs.Cli.Commands;

/// <summary>
/// <c>generate feedback</c>: what made-up customers see and click of the lists that are published, with the mapping that <c>run feedback</c> needs and the
/// truth that it should find.
/// </summary>
internal static class GenerateFeedbackCommand
{
    private const string Mapping =
        """
        {
          "Feedback": {
            "Logs": [
              {
                "Name": "shop",
                "Path": "./feedback",
                "Columns": { "User": "user_id", "Item": "item_id", "Version": "version", "Kind": "kind", "Rank": "rank", "Time": "time" }
              }
            ]
          }
        }

        """;

    public static Command Build(CliContext surroundings)
    {
        var of = new Option<string?>("--of") { Description = "The output folder whose current version is shown", HelpName = "DIR" };
        var output = new Option<string>("--out", "-o") { Description = "Where the log goes, one file a version", Required = true, HelpName = "DIR" };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Source of all randomness: who comes, and what is clicked",
            HelpName = "S",
            DefaultValueFactory = _ => 42UL,
        };
        var indifferent = new Option<bool>("--indifferent") { Description = "Customers who like all lists alike: nothing is there to be learned" };
        return new Command("feedback", "Impressions and clicks of made-up customers, whose taste for diversity is known, on the published lists")
        {
            of, output, seed, indifferent,
        }.Does(surroundings, async call =>
        {
            var night = call.Published(of);
            string folder = call.FullPath(call.Value(output)!);
            using var place = OutputConnection.OpenForReading(night.Publish, call.CliContext.Time);
            var shown = Shown(place);
            string log = Path.Combine(folder, "feedback");
            if (File.Exists(Path.Combine(log, shown.Version + ".parquet")))
            {
                throw new ConfigurationException(
                    $"--out is {folder}, which has feedback on version {shown.Version} already; give another folder, "
                    + $"or delete {Path.Combine(log, shown.Version + ".parquet")}");
            }
            var tastes = SyntheticFeedback.Tastes(shown.Policy, !call.Value(indifferent));
            var made = await StepWork.Show(call, "generate", ["write"], night.Runs, work => work.Do("write", context =>
                new SyntheticFeedback(new SyntheticCustomers(tastes, call.Value(seed)), call.Value(seed))
                    .Write(shown, log, ParquetFiles.Reader(), ParquetFiles.Writer(), context),
                out _)).ConfigureAwait(false);
            string mapping = Path.Combine(folder, "feedback.json");
            await File.WriteAllTextAsync(mapping, Mapping, call.Cancellation).ConfigureAwait(false);
            call.Screen.Line($"{Format.Count(made.Rows)} rows of {Format.Count(made.Lists)} lists of version {shown.Version} in {made.File}");
            call.Screen.Line("Planted truth, about so many clicks a list: " + string.Join(", ", shown.Policy.Arms.Zip(made.Truth, (lambda, clicks) =>
                string.Create(CultureInfo.InvariantCulture, $"lambda {lambda:0.####} always {clicks:0.000}"))));
            call.Screen.Line("Planted truth, how likely a place is looked at: " + string.Join(", ", made.Examination.Select((look, k) =>
                string.Create(CultureInfo.InvariantCulture, $"{k + 1} {look:0.00}")))
                + string.Create(CultureInfo.InvariantCulture, $" (rank^-{tastes.Examination:0.##})"));
            call.Screen.Line($"What they say: run feedback --config {mapping} --out {night.Publish.Path}");
            call.Screen.Json(new
            {
                Folder = folder,
                made.File,
                made.Rows,
                made.Lists,
                shown.Version,
                shown.Policy.Arms,
                made.Truth,
                made.Examination,
                Config = mapping,
            });
            return 0;
        });
    }

    private static VersionImpressions Shown(OutputConnection place)
    {
        string version = place.Store.Current
            ?? throw new ConfigurationException("nothing is published yet; run 'run nightly --set Diversify:Explore:Enabled=true' first");
        var policy = place.Folder.PolicyOf(version)
            ?? throw new ConfigurationException(
                $"the lists of version {version} were not drawn, so nothing can be learned of them; "
                + $"run 'run nightly --set Diversify:Explore:Enabled=true' first");
        string folder = place.Folder.FolderOf(version);
        var tables = VersionManifest.Load(folder).Tables;
        string[] Files(string table) => [.. tables[table].Files.Select(f => Path.Combine(folder, f.File))];
        return new VersionImpressions(version, policy, place.Store.Find(version)!.Created, Files("user_recommendations"), Files("list_arms"));
    }
}
