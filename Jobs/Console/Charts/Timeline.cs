using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Charts;

/// <summary>One stage on the run's time axis, both places in percent.</summary>
/// <param name="Step">What the stage says of its progress; null where it does not work now.</param>
internal sealed record TimelineBar(LedgerStage Stage, TimeSpan Took, double From, double Width, LedgerProgress? Step);

/// <summary>Stages of a run against its clock. A run that was taken up again is drawn without the time that it lay idle.</summary>
internal sealed class Timeline
{
    public Timeline(IReadOnlyList<LedgerStage> stages, IReadOnlyList<LedgerProgress> progress, DateTimeOffset now)
    {
        var spans = stages.Select(s => (Stage: s, Took: Took(s, now))).ToArray();
        Total = spans.Aggregate(TimeSpan.Zero, (sum, s) => sum + s.Took);
        double total = Math.Max(1e-3, Total.TotalSeconds);
        double at = 0;
        var bars = new List<TimelineBar>();
        foreach (var (stage, took) in spans)
        {
            double width = 100 * took.TotalSeconds / total;
            bars.Add(new TimelineBar(stage, took, at, width, stage.State == StageState.Running ? progress.FirstOrDefault(p => p.Stage == stage.Stage) : null));
            at += width;
        }
        Bars = bars;
    }

    public IReadOnlyList<TimelineBar> Bars { get; }

    /// <summary>Time at work.</summary>
    public TimeSpan Total { get; }

    private static TimeSpan Took(LedgerStage stage, DateTimeOffset now) => stage.State switch
    {
        StageState.Running => now > stage.Started ? now - stage.Started : TimeSpan.Zero,
        StageState.Reused => TimeSpan.Zero,
        _ => TimeSpan.FromSeconds(stage.Seconds),
    };
}
