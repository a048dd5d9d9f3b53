using System.Globalization;
using CronExpression = Recsys.Batch.Jobs.Scheduling.Cron.CronExpression;
using CronField = Recsys.Batch.Jobs.Scheduling.Cron.CronField;

namespace Recsys.Batch.Jobs.Scheduling.QuartzEngine;

/// <summary>A cron expression as Quartz writes it: seconds first, weekdays from 1 for Sunday, <c>?</c> for the one of day and weekday that says nothing.</summary>
internal static class QuartzCron
{
    public static string Of(CronExpression cron)
    {
        string days = cron.LastDay ? "L" : cron.Weekdays.IsAny ? Text(cron.Days) : "?";
        string weekdays = cron.Weekdays.IsAny ? "?" : Text(cron.Weekdays, 1);
        return $"{Text(cron.Seconds)} {Text(cron.Minutes)} {Text(cron.Hours)} {days} {Text(cron.Months)} {weekdays}";
    }

    private static string Text(CronField field, int add = 0) =>
        field.IsAny ? "*" : string.Join(',', field.Values.Select(v => (v + add).ToString(CultureInfo.InvariantCulture)));
}
