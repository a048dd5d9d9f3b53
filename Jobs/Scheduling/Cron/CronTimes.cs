namespace Recsys.Batch.Jobs.Scheduling.Cron;

/// <summary>
/// When a cron expression comes, in a time zone. A time that the clocks leap over comes later by what they leapt; one that comes twice comes at the first of the two.
/// </summary>
internal static class CronTimes
{
    /// <summary>A 29 February comes within eight years, over a century's turn too.</summary>
    private const int Years = 9;

    private static readonly TimeSpan LongestShift = TimeSpan.FromDays(1);

    /// <summary>The first moment after <paramref name="after"/>; null where there is none within nine years.</summary>
    public static DateTimeOffset? Next(CronExpression cron, TimeZoneInfo zone, DateTimeOffset after)
    {
        var wall = TimeZoneInfo.ConvertTime(after, zone).DateTime;
        var last = wall.AddYears(Years);
        // Where clocks have just gone forward, times that they leapt over are still to come.
        var leapt = zone.GetUtcOffset(after) - zone.GetUtcOffset(after - LongestShift);
        if (leapt > TimeSpan.Zero) wall -= leapt;
        DateTimeOffset? first = null;
        for (var at = Wall(cron, wall, last); at is { } time; at = Wall(cron, time.AddSeconds(1), last))
        {
            bool missing = zone.IsInvalidTime(time);
            var moment = Moment(zone, time);
            if (moment > after && (first is null || moment < first)) first = moment;
            // Behind a leap there may be a time that comes before one that was leapt over.
            if (first is not null && !missing) return first;
        }
        return first;
    }

    private static DateTimeOffset Moment(TimeZoneInfo zone, DateTime wall)
    {
        if (zone.IsAmbiguousTime(wall)) return new DateTimeOffset(wall, zone.GetAmbiguousTimeOffsets(wall).Max());
        var before = wall;
        while (zone.IsInvalidTime(before)) before = before.AddMinutes(-15);
        return new DateTimeOffset(wall, zone.GetUtcOffset(before)).ToUniversalTime();
    }

    /// <summary>The first time by the wall's clock that the expression names, at <paramref name="from"/> or later.</summary>
    private static DateTime? Wall(CronExpression cron, DateTime from, DateTime last)
    {
        var (day, time) = (from.Date, from.TimeOfDay);
        while (day <= last)
        {
            if (!cron.Months.Values.Contains(day.Month)) day = new DateTime(day.Year, day.Month, 1).AddMonths(1);
            else if (IsDay(cron, day) && Time(cron, time) is { } found) return day + found;
            else day = day.AddDays(1);
            time = TimeSpan.Zero;
        }
        return null;
    }

    private static bool IsDay(CronExpression cron, DateTime day) =>
        (cron.LastDay ? day.Day == DateTime.DaysInMonth(day.Year, day.Month) : cron.Days.Values.Contains(day.Day)) && cron.Weekdays.Values.Contains((int)day.DayOfWeek);

    /// <summary>The first time of a day, in whole seconds, at <paramref name="from"/> or later.</summary>
    private static TimeSpan? Time(CronExpression cron, TimeSpan from)
    {
        foreach (int hour in cron.Hours.Values)
        {
            if (hour < from.Hours) continue;
            foreach (int minute in cron.Minutes.Values)
            {
                if (hour == from.Hours && minute < from.Minutes) continue;
                foreach (int second in cron.Seconds.Values)
                    if (hour != from.Hours || minute != from.Minutes || second >= from.Seconds) return new TimeSpan(hour, minute, second);
            }
        }
        return null;
    }
}
