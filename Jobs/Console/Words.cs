using System.Globalization;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console;

/// <summary>How pages say numbers, times and states.</summary>
public static class Words
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Count(long n) => Wording.Count(n);

    /// <summary><c>1 run</c>, <c>2 runs</c>.</summary>
    public static string Count(long n, string one) => $"{Wording.Count(n)} {(n == 1 ? one : Wording.Plural(one))}";

    public static string Duration(TimeSpan took) => Wording.Duration(took);

    public static string Bytes(long bytes) => Wording.Bytes(bytes);

    public static string Share(double share) => Wording.Share(share);

    public static string Rate(double perSecond, string unit) => Wording.Rate(perSecond, unit);

    /// <summary><c>24 Nov 2026, 03:00 UTC</c>.</summary>
    public static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy, HH:mm 'UTC'", Culture);

    public static string Second(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", Culture);

    public static string Day(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM", Culture);

    public static string FullDay(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy", Culture);

    /// <summary>A day as the ledger writes it, for people; what is no day stays as it is.</summary>
    public static string Day(string iso) => DateOnly.TryParseExact(iso, "yyyy-MM-dd", Culture, DateTimeStyles.None, out var day) ? day.ToString("d MMM yyyy", Culture) : iso;

    public static string Machine(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", Culture);

    /// <summary><c>3 min ago</c>, <c>in 5 h</c>.</summary>
    public static string Ago(DateTimeOffset time, DateTimeOffset now)
    {
        var past = now - time;
        string span = Span(past.Duration());
        return span == "now" ? "just now" : past >= TimeSpan.Zero ? $"{span} ago" : $"in {span}";
    }

    /// <summary>A figure with as many places as mean something: counts whole, shares of one with four.</summary>
    public static string Figure(double value) => !double.IsFinite(value) ? "-" : Math.Abs(value) switch
    {
        0 => "0",
        >= 1000 => value.ToString("N0", Culture),
        >= 100 => value.ToString("0.#", Culture),
        >= 10 => value.ToString("0.##", Culture),
        >= 0.001 => value.ToString("0.0000", Culture),
        _ => value.ToString("0.##E0", Culture),
    };

    /// <summary><c>+3.1%</c> of <paramref name="before"/>; empty where there is nothing to compare with.</summary>
    public static string Change(double now, double? before)
    {
        if (before is not { } b || !double.IsFinite(b) || !double.IsFinite(now)) return "";
        if (now == b) return "no change";
        if (b == 0) return $"{(now > 0 ? "+" : "−")}{Figure(Math.Abs(now))}";
        double share = 100 * (now - b) / Math.Abs(b);
        return Math.Abs(share) < 0.05 ? "no change" : string.Create(Culture, $"{(share > 0 ? "+" : "−")}{Math.Abs(share):0.0}%");
    }

    public static Mark Of(RunState state) => state switch
    {
        RunState.Running => new Mark("running", "Running", "run"),
        RunState.Finished => new Mark("ok", "Finished", "ok"),
        RunState.Refused => new Mark("refused", "Gate refused", "warn"),
        RunState.Cancelled => new Mark("cancelled", "Cancelled", "idle"),
        _ => new Mark("failed", "Failed", "bad"),
    };

    public static Mark Of(StageState state) => state switch
    {
        StageState.Running => new Mark("running", "Running", "run"),
        StageState.Finished => new Mark("ok", "Finished", "ok"),
        StageState.Reused => new Mark("reused", "Unchanged", "idle"),
        StageState.Refused => new Mark("refused", "Gate refused", "warn"),
        StageState.Cancelled => new Mark("cancelled", "Cancelled", "idle"),
        _ => new Mark("failed", "Failed", "bad"),
    };

    public static Mark Of(ExecutionState state) => state switch
    {
        ExecutionState.Queued => new Mark("queued", "Queued", "run"),
        ExecutionState.Running => new Mark("running", "Running", "run"),
        ExecutionState.Finished => new Mark("ok", "Finished", "ok"),
        ExecutionState.Refused => new Mark("refused", "Gate refused", "warn"),
        ExecutionState.Cancelled => new Mark("cancelled", "Cancelled", "idle"),
        ExecutionState.StoodBack => new Mark("reused", "Stood back", "idle"),
        _ => new Mark("failed", "Failed", "bad"),
    };

    public static Mark Of(ConstraintLevel level) => level switch
    {
        ConstraintLevel.Pass => new Mark("ok", "Pass", "ok"),
        ConstraintLevel.Warn => new Mark("warn", "Warning", "warn"),
        _ => new Mark("failed", "Fail", "bad"),
    };

    public static Mark Of(Pipeline.Publish.VersionState state) => state switch
    {
        Pipeline.Publish.VersionState.Current => new Mark("ok", "Current", "ok"),
        Pipeline.Publish.VersionState.Retired => new Mark("reused", "Retired", "idle"),
        Pipeline.Publish.VersionState.Rejected => new Mark("refused", "Rejected", "warn"),
        _ => new Mark("queued", "Staged", "run"),
    };

    private static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => "now",
        { TotalSeconds: < 90 } => string.Create(Culture, $"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 90 } => string.Create(Culture, $"{span.TotalMinutes:0} min"),
        { TotalHours: < 36 } => string.Create(Culture, $"{span.TotalHours:0} h"),
        _ => string.Create(Culture, $"{span.TotalDays:0} days"),
    };
}

/// <summary>A state as it is shown: never by its colour alone.</summary>
/// <param name="Icon">Name of a shape.</param>
/// <param name="Tone"><c>ok</c>, <c>warn</c>, <c>bad</c>, <c>run</c> or <c>idle</c>.</param>
public sealed record Mark(string Icon, string Word, string Tone);
