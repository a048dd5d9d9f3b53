using System.Globalization;

namespace Recsys.Batch.Jobs.Scheduling.Cron;

/// <summary>A cron expression as a sentence: <c>At 02:30 every day (Europe/Berlin)</c>.</summary>
internal static class CronWords
{
    /// <summary>Times of a day that are worth listing one by one.</summary>
    private const int MaxTimes = 6;

    private static readonly string[] MonthNames = CultureInfo.InvariantCulture.DateTimeFormat.MonthNames;
    private static readonly string[] DayNames = CultureInfo.InvariantCulture.DateTimeFormat.DayNames;

    public static string Of(CronExpression cron, string timeZone) => $"{Times(cron)}{Days(cron)} ({timeZone})";

    private static string Times(CronExpression cron)
    {
        int count = cron.Seconds.Values.Count * cron.Minutes.Values.Count * cron.Hours.Values.Count;
        if (!cron.Hours.IsAny && count <= MaxTimes)
        {
            bool withSeconds = cron.Seconds.Values is not [0];
            return "At " + List(
                from h in cron.Hours.Values
                from m in cron.Minutes.Values
                from s in cron.Seconds.Values
                select Invariant($"{h:D2}:{m:D2}") + (withSeconds ? Invariant($":{s:D2}") : ""));
        }
        return Minutes(cron) + Hours(cron.Hours);
    }

    private static string Minutes(CronExpression cron)
    {
        if (cron.Seconds.Values is not [0]) return Every(cron.Seconds, "second") ?? $"At {Named("second", cron.Seconds)} of {Inner(cron)}";
        if (Every(cron.Minutes, "minute") is { } every) return every;
        return cron.Minutes.Values is [0] ? "Every hour" : $"At {Named("minute", cron.Minutes)} of every hour";
    }

    private static string Inner(CronExpression cron) =>
        cron.Minutes.IsAny ? "every minute" : $"{Named("minute", cron.Minutes)} of every hour";

    private static string Hours(CronField hours)
    {
        if (hours.IsAny || hours.StepFrom(0, 23) == 1) return "";
        if (hours.StepFrom(0, 23) is > 1 and var step) return Invariant($" of every {Ordinal(step)} hour");
        return hours.IsRange ? Invariant($" from {hours.Values[0]:D2}:00 to {hours.Values[^1]:D2}:59") : $" in the hours {List(hours.Values.Select(h => Invariant($"{h:D2}")))}";
    }

    private static string? Every(CronField field, string unit) => field.StepFrom(0, 59) switch
    {
        0 => null,
        1 => $"Every {unit}",
        var step => Invariant($"Every {step} {unit}s"),
    };

    private static string Days(CronExpression cron)
    {
        string months = cron.Months.IsAny ? "" : Span(cron.Months, m => MonthNames[m - 1]);
        string ofMonths = months.Length == 0 ? "every month" : months;
        if (cron.LastDay) return $" on the last day of {ofMonths}";
        if (!cron.Days.IsAny) return $" on {Named("day", cron.Days)} of {ofMonths}";
        string inMonths = months.Length == 0 ? "" : $" in {months}";
        if (!cron.Weekdays.IsAny) return $" on {Span(cron.Weekdays, d => DayNames[d])}{inMonths}";
        return (cron.Hours.IsAny && months.Length == 0 ? "" : " every day") + inMonths;
    }

    private static string Named(string unit, CronField field) =>
        field.Values.Count == 1 ? Invariant($"{unit} {field.Values[0]}") : $"{unit}s {Span(field, v => v.ToString(CultureInfo.InvariantCulture))}";

    private static string Span(CronField field, Func<int, string> name) =>
        field.Values.Count > 2 && field.IsRange ? $"{name(field.Values[0])} to {name(field.Values[^1])}" : List(field.Values.Select(name));

    private static string List(IEnumerable<string> names)
    {
        var all = names.ToArray();
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }

    private static string Ordinal(int n) => Invariant($"{n}{(n == 2 ? "nd" : n == 3 ? "rd" : "th")}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
