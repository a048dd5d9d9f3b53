using System.Globalization;

namespace Recsys.Batch.Jobs.Text;

/// <summary>Times, and figures beside those of the time before.</summary>
internal static partial class Format
{
    /// <summary>The day of an event, as ingest counts days of data: in UTC, whatever the zone that people read moments in.</summary>
    public static string DataDay(DateTimeOffset time) => time.UtcDateTime.ToString("d MMM yyyy", Culture);

    /// <summary>A day as the ledger writes it, for people; what is not a day stays as it is.</summary>
    public static string Day(string iso) =>
        DateOnly.TryParseExact(iso, "yyyy-MM-dd", Culture, DateTimeStyles.None, out var day) ? day.ToString("d MMM yyyy", Culture) : iso;

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
        >= 2 when value == Math.Floor(value) => value.ToString("N0", Culture),
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

    private static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 10 } => "now",
        { TotalSeconds: < 90 } => string.Create(Culture, $"{span.TotalSeconds:0} s"),
        { TotalMinutes: < 90 } => string.Create(Culture, $"{span.TotalMinutes:0} min"),
        { TotalHours: < 36 } => string.Create(Culture, $"{span.TotalHours:0} h"),
        _ => string.Create(Culture, $"{span.TotalDays:0} days"),
    };
}
