using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>The figures that say at a glance whether nights get better: what lists find, what they are like, what came in.</summary>
internal static class Trends
{
    public const string QuarantinedName = "Quarantined";

    /// <param name="newestFirst">Runs; those that never measured a figure are left out of its line.</param>
    /// <param name="readers">What readers have: figures of lists are headed by theirs, whichever run was the last to measure some.</param>
    public static IReadOnlyList<LineChart> Of(IReadOnlyList<RunFacts> newestFirst, int cutoff, ReaderFigures? readers, ZoneClock clock)
    {
        // A run that only looked at what was there already would repeat the point before it.
        var runs = newestFirst.Where(r => r.Run.State is RunState.Finished or RunState.Refused && r.Run.Job == RunRequest.Nightly).Reverse().ToArray();
        LineChart Chart(string name, string meaning, bool? more, Func<RunFacts, double?> value, Func<double, string> text) =>
            new(
                name,
                [.. runs.Select(r => new ChartPoint(
                    $"{clock.Day(r.Run.Started)} · {RunNames.Short(r.Id)}", value(r), $"/runs/{r.Id}", r.Run.State == RunState.Refused,
                    r.Run.State == RunState.Refused ? "gate refused" : null)
                {
                    IsCurrent = readers?.Run?.Id == r.Id,
                })],
                text)
            {
                Meaning = meaning,
                MoreIsBetter = more,
            };
        LineChart Lists(string name, string meaning, bool? more, string metric, Func<double, string> text) =>
            Chart(name, meaning, more, r => r.Published(metric), text) with
            {
                Head = readers?.Value(metric),
                HeadInterval = readers?.Interval(metric),
                HeadBefore = readers?.Was(metric),
                OfVersion = true,
                IsSure = readers?.IsSure(metric) == true,
            };
        return
        [
            Lists(
                $"NDCG@{cutoff}, new purchases", MetricWords.Measure("ndcg"), true,
                $"new.ndcg@{cutoff}", v => v.ToString("0.0000", System.Globalization.CultureInfo.InvariantCulture)),
            Lists(
                $"Diversity@{cutoff}", MetricWords.Measure("ild"), null, $"new.ild@{cutoff}",
                v => v.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)),
            Lists($"Coverage@{cutoff}", MetricWords.Measure("coverage"), true, $"new.coverage@{cutoff}", Format.Share),
            Chart(QuarantinedName, "Share of the new rows that were set aside", false, r => Quarantined(r), Format.Share),
        ];
    }

    public static double? Quarantined(RunFacts run) =>
        run.Metric(StageNames.Ingest, "ingest.quarantined") is { } aside && run.Metric(StageNames.Ingest, "ingest.rows") is > 0 and { } rows
            ? aside / rows
            : null;
}
