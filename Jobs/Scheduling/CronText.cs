using System.Globalization;
using Cronos;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Cron expressions as Hangfire reads them, by the library that it reads them with.</summary>
internal static class CronText
{
    private const int FieldsWithSeconds = 6;

    /// <summary>The expression; null where it cannot be used, with the reason.</summary>
    public static CronExpression? TryParse(string cron, out string? fault)
    {
        try
        {
            var parsed = CronExpression.Parse(cron, Fields(cron).Length == FieldsWithSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard);
            fault = parsed.GetNextOccurrence(DateTime.UnixEpoch) is null ? "no time of it ever comes" : null;
            return fault is null ? parsed : null;
        }
        catch (CronFormatException e)
        {
            fault = e.Message;
            return null;
        }
    }

    /// <summary>The first time after <paramref name="after"/>; null where there is none.</summary>
    public static DateTimeOffset? Next(string cron, string timeZone, DateTimeOffset after) => TryParse(cron, out string? fault) is { } expression
        ? expression.GetNextOccurrence(after, TimeZoneInfo.FindSystemTimeZoneById(timeZone))?.ToUniversalTime()
        : throw new ArgumentException(fault, nameof(cron));

    /// <summary>What most expressions say, in words: <c>every day at 02:30, Europe/Berlin</c>; others as they are.</summary>
    public static string InWords(string cron, string timeZone)
    {
        string words = Fields(cron) switch
        {
            [var minute, var hour, "*", "*", var days] when Number(minute) is { } m && Number(hour) is { } h =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(days == "*" ? "every day" : Number(days) is { } day ? $"every {(DayOfWeek)(day % 7)}" : $"on {days}")} at {h:00}:{m:00}"),
            [var minute, "*", "*", "*", "*"] when Number(minute) is { } m => string.Create(CultureInfo.InvariantCulture, $"every hour at minute {m}"),
            [var step, "*", "*", "*", "*"] when step.StartsWith("*/", StringComparison.Ordinal) => $"every {step[2..]} minutes",
            ["*", "*", "*", "*", "*"] => "every minute",
            _ => $"by the expression {cron}",
        };
        return $"{words}, {timeZone}";
    }

    private static string[] Fields(string cron) => cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static int? Number(string field) => int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
