using Recsys.Batch.Benchmarks.Feedback;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Order by purchases beside order by clicks, with places known and not known, in a made-up shop whose lists stand dearest first (<see cref="ShownShop"/>):
/// <c>rank-clicks [--users 3000] [--items 600] [--events 150000] [--days 28] [--seed 42] [--threads N] [--train ease] [--out DIR]</c>. With <c>--out</c> the
/// shop stays there with a configuration for <c>run rank</c>.
/// </summary>
internal static class RankClicks
{
    private static readonly (string Name, string[] Settings)[] Ways =
    [
        ("purchases", []),
        ("clicks", ["Rank:Learn=Clicks"]),
        ("clicks, places unknown", ["Rank:Learn=Clicks", $"Feedback:Logs:0:Path={{0}}/{ShownShop.Shuffled}"]),
    ];

    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        var parameters = new SyntheticParameters(
            arguments.Int("users", 3_000), arguments.Int("items", 600), arguments.Int("events", 150_000), (ulong)arguments.Int("seed", 42))
        {
            Days = arguments.Int("days", 28),
            Clusters = 12,
        };
        string? kept = arguments.Optional("out");
        string folder = kept is null ? Directory.CreateTempSubdirectory("recsys-shown-").FullName : Path.GetFullPath(kept);
        try
        {
            int threads = arguments.Int("threads", Environment.ProcessorCount);
            new ShownShop(parameters).Write(folder, ParquetFiles.Writer(), StageContext.Quiet(threads));
            Console.WriteLine(
                $"simulated: {parameters.Users} customers, {parameters.Items} items, {parameters.Days} days; place k is looked at with chance "
                + $"k^-{ShownShop.Decay}, lists stand dearest first, nobody wants an item for its price");
            Console.WriteLine("learned from             NDCG@10  beside the model's order       on later purchases               price  serves");
            foreach (var (name, settings) in Ways)
            {
                string[] with =
                [
                    $"Train:Algorithm={arguments.Text("train", "ease")}", .. settings.Select(s => s.Replace("{0}", folder, StringComparison.Ordinal)),
                ];
                Tell(name, TemporaryNight.Of(
                    Path.Combine(folder, ShownShop.Config), StageNames.Rank, with, o => o.Runs.Threads = threads,
                    (_, run) => RankReport.Read(Path.Combine(run, StageNames.Rank, RankReport.FileName))));
            }
        }
        finally
        {
            if (kept is null) Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static void Tell(string name, RankReport report)
    {
        if (report.Trial is not { } trial)
        {
            Console.WriteLine($"{name,-22}  nothing learned: {report.Why}");
            return;
        }
        double price = report.Effects.Single(e => e.Name == "price against the user's").Effect;
        Console.WriteLine(
            $"{name,-22}  {trial.Ndcg,8:0.0000}  {Words(trial.Change),-28}  {(report.Later is { } l ? Words(l.Change) : ""),-28}  {price,8:+0.00;-0.00}  "
            + report.Algorithm);
        if (report.Clicks is not { } clicks) return;
        var held = clicks.Held;
        Console.WriteLine(
            $"{"",-22}  {clicks.Clicks} clicks on {clicks.Impressions} impressions of {clicks.Users} users; decay of examination {clicks.Decay.Value:0.00} "
            + $"({clicks.Decay.Low:0.00} to {clicks.Decay.High:0.00}); AUC of clicks {held.Auc:0.000} ({held.PlaceAuc:0.000} by place), log loss "
            + $"{held.LogLoss:0.0000} ({held.PlaceLogLoss:0.0000}), {held.Expected:0} clicks expected; NDCG beside purchases "
            + Words(clicks.AgainstPurchases));
        Console.WriteLine($"{"",-22}  left out: {string.Join(", ", clicks.LeftOut.Select(o => $"{o.Key} {o.Value}"))}");
    }

    private static string Words(Interval change) => $"{change.Value:+0.0000;-0.0000} ({change.Low:+0.0000;-0.0000} to {change.High:+0.0000;-0.0000})";
}
