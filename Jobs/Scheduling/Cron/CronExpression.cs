namespace Recsys.Batch.Jobs.Scheduling.Cron;

/// <summary>
/// A cron expression of five fields (minute, hour, day of the month, month, weekday) or six with seconds first, read strictly. Weekdays are 0 to 7 or
/// <c>SUN</c> to <c>SAT</c>; <c>L</c> is a month's last day. A day of the month and a weekday together are refused: programs disagree on what that means.
/// </summary>
/// <param name="LastDay">The day of the month was <c>L</c>; <paramref name="Days"/> then says nothing.</param>
internal sealed record CronExpression(CronField Seconds, CronField Minutes, CronField Hours, CronField Days, bool LastDay, CronField Months, CronField Weekdays)
{
    /// <param name="fault">What was found and expected; null where the expression could be read.</param>
    public static CronExpression? TryParse(string text, out string? fault)
    {
        var parts = text.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (5 or 6))
        {
            fault = $"it has {parts.Length} fields; expected 5 (minute, hour, day of the month, month, weekday) or 6 with seconds first, for example '30 2 * * *'";
            return null;
        }
        if (parts.Length == 5) parts = ["0", .. parts];
        bool last = parts[3].Equals("L", StringComparison.OrdinalIgnoreCase);
        var fields = new CronField[6];
        CronFieldKind[] kinds = [CronFieldKind.Second, CronFieldKind.Minute, CronFieldKind.Hour, CronFieldKind.Day, CronFieldKind.Month, CronFieldKind.Weekday];
        for (int i = 0; i < kinds.Length; i++)
        {
            // Quartz writes ? where others write *.
            string part = i is 3 or 5 && (parts[i] == "?" || (i == 3 && last)) ? "*" : parts[i];
            if (CronField.TryParse(part, kinds[i], out fault) is not { } field) return null;
            fields[i] = field;
        }
        var read = new CronExpression(fields[0], fields[1], fields[2], fields[3], last, fields[4], fields[5]);
        fault = (last || !read.Days.IsAny) && !read.Weekdays.IsAny
            ? $"it names a day of the month ('{parts[3]}') and a weekday ('{parts[5]}'); expected * for one of them"
            : read.NoSuchDay() ? $"day of the month '{parts[3]}' comes in none of the months '{parts[4]}'; expected a day that exists" : null;
        return fault is null ? read : null;
    }

    private bool NoSuchDay() => !LastDay && Months.Values.All(month => Days.Values[0] > DateTime.DaysInMonth(2024, month));
}
