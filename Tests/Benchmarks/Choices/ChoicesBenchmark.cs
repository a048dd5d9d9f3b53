using System.Globalization;
using Recsys.Batch.Jobs.Cli.Commands;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic.Kinds;

namespace Recsys.Batch.Benchmarks.Choices;

/// <summary>
/// <c>choices [--data DIR] [--only NAME,NAME] [--races DIR] [--most S]</c>: what <c>Train:Algorithm=auto</c> serves beside every single algorithm with its
/// default options, on logs of many kinds: NDCG@10 of what is new to the user. Choices are made on the window before the test; the test is the last tenth of
/// the events. Texts are off, since most of the logs have none. Public logs lie in DIR: <c>complete-journey/transactions.parquet</c> and
/// <c>products.parquet</c>, and <c>amazon-beauty</c> and <c>gowalla</c> with <c>train.parquet</c> and <c>test.parquet</c> each, as <c>eval</c> reads them
/// (their test is the published one).
/// <c>--races</c> keeps every race's <c>auto.json</c>; single rows that cost more than <c>--most</c> nominal seconds are left out and named.
/// </summary>
internal static class ChoicesBenchmark
{
    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        string? data = given.Optional("data");
        string[]? only = given.Optional("only")?.Split(',');
        string? races = given.Optional("races");
        var context = StageContext.Quiet();
        var done = new List<(string Log, ChoiceFigures Figures)>();
        foreach (var (name, read) in Logs(data, context).Where(l => only is null || only.Contains(l.Name)))
        {
            if (read is null)
            {
                Console.WriteLine($"{name}: left out, it is not shipped; give its folder with --data (docs/training.md says what lies in it)");
                continue;
            }
            var log = read();
            var train = log.Test.Train;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: {train.Users:N0} users, {train.Items:N0} items, {train.Count:N0} pairs to learn from, {log.Test.Test.Count:N0} in the test"));
            var figures = ChoiceRows.Of(log, given.Double("most", double.PositiveInfinity), context);
            if (races is not null) AutoChoice.Save(figures.Race, Path.Combine(Directory.CreateDirectory(races).FullName, $"{name}.json"));
            Console.WriteLine($"  auto serves {figures.Race.Best?.Model ?? "ials as it is configured"} (window: {log.WindowName}, {figures.Race.Users} users)");
            done.Add((name, figures));
            ChoicesTable.Print(done);
        }
        return done.Count > 0 ? 0 : 1;
    }

    private static IEnumerable<(string Name, Func<ChoiceLog>? Read)> Logs(string? data, StageContext context)
    {
        yield return ("online-retail", () => ChoiceLog.Night("data/online-retail/night.json"));
        yield return ("complete-journey", At("complete-journey") is not { } journey ? null : () => ChoiceLog.Night(
            "data/configs/complete-journey.json",
            $"Ingest:Events:0:Path={Path.Combine(journey, "transactions.parquet")}", $"Ingest:Items:Path={Path.Combine(journey, "products.parquet")}"));
        foreach (string name in (string[])["amazon-beauty", "gowalla"])
            yield return (name, At(name) is { } folder ? () => ChoiceLog.Pairs(folder, context) : null);
        foreach (var kind in SyntheticKinds.All) yield return (kind.Name, () => Made(kind, context));

        string? At(string name) => data is not null && Directory.Exists(Path.Combine(data, name)) ? Path.GetFullPath(Path.Combine(data, name)) : null;
    }

    /// <summary>As <c>generate --kind</c> makes it.</summary>
    private static ChoiceLog Made(SyntheticKind kind, StageContext context)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-choices-made-").FullName;
        try
        {
            KindLog.Write(kind, kind.Sizes, folder, ParquetFiles.Writer(), context);
            string config = Path.Combine(folder, "night.json");
            File.WriteAllText(config, GeneratedConfiguration.Kind(kind.HasRatings));
            return ChoiceLog.Night(config);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
