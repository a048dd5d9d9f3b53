using System.Globalization;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>A failed check as an operator decides on it.</summary>
/// <param name="Chart">Its value against its limit over the last runs that made it.</param>
internal sealed record DecidedCheck(ConstraintResult Result, CheckWords? Words, LineChart Chart, bool MayBeAccepted);

/// <summary>What there is to decide after a gate has refused a run.</summary>
/// <param name="IsNewest">No later run of the same job has ended: what was refused is what a new run would meet.</param>
internal sealed partial record Decision(RunFacts Run, IReadOnlyList<DecidedCheck> Checks, bool IsNewest)
{
    private const int Nights = 30;

    /// <summary>Whether all that failed is a matter of judgement.</summary>
    public bool CanAccept => IsNewest && Checks.Count > 0 && Checks.All(c => c.MayBeAccepted);

    /// <returns>Null where no gate refused the run.</returns>
    public static Decision? Of(RunFacts run, RunArchive runs, ZoneClock clock)
    {
        if (run.Run.State != RunState.Refused) return null;
        var recent = runs.Recent(Nights);
        var failed = run.Checks.Where(c => c.Level == ConstraintLevel.Fail).ToArray();
        var newest = recent.FirstOrDefault(r => r.Run.Job == run.Run.Job && !r.IsRunning);
        return new Decision(
            run,
            [.. failed.Select(c => new DecidedCheck(c, CheckWords.Of(c.Gate, c.Name), Chart(c, recent, clock), GateAcceptance.MayBe(c)))],
            newest is null || newest.Id == run.Id);
    }

    private static LineChart Chart(ConstraintResult check, IReadOnlyList<RunFacts> newestFirst, ZoneClock clock)
    {
        var points = newestFirst.Reverse().Select(r => (Run: r, Check: r.Checks.FirstOrDefault(c => c.Gate == check.Gate && c.Name == check.Name)))
            .Where(r => r.Check is not null)
            .Select(r => new ChartPoint(
                $"{clock.Day(r.Run.Run.Started)} · {RunNames.Short(r.Run.Id)}", double.IsFinite(r.Check!.Value) ? r.Check.Value : null, $"/runs/{r.Run.Id}",
                r.Check.Level != ConstraintLevel.Pass, r.Check.Level == ConstraintLevel.Pass ? null : Mark.Of(r.Check.Level).Word.ToLowerInvariant()));
        return new LineChart(check.Name, [.. points], Format.Figure, Limit(check));
    }

    /// <summary>The bound that failed, out of the words that say it; null where it is no fixed number.</summary>
    internal static double? Limit(ConstraintResult check) => Bounds().Matches(check.Expected)
        .Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value)
        .Select(t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out double v) ? v : (double?)null)
        .Where(v => v is not null)
        .OrderBy(v => Math.Abs(v!.Value - check.Value))
        .FirstOrDefault();

    [GeneratedRegex(@"at (?:most|least) ([\d.]+) \(fail\)|fail (?:below|above) (\d[\d.]*)(?![\d.]| x)")]
    private static partial Regex Bounds();
}
