using System.Globalization;

namespace Recsys.Batch.Jobs.Scheduling.Cron;

/// <summary>One field of a cron expression as the values it stands for.</summary>
/// <param name="Values">In ascending order.</param>
/// <param name="IsAny">Whether the field was <c>*</c>.</param>
internal sealed record CronField(IReadOnlyList<int> Values, bool IsAny)
{
    /// <summary>Distance of the values where they start at <paramref name="min"/> and are evenly spaced to the end of the range; 0 where they are not.</summary>
    internal int StepFrom(int min, int max)
    {
        if (Values.Count < 2 || Values[0] != min) return 0;
        int step = Values[1] - min;
        return Values.Count == (max - min) / step + 1 && Values.Select((v, i) => v == min + i * step).All(same => same) ? step : 0;
    }

    /// <summary>Whether the values follow one another without a gap.</summary>
    internal bool IsRange => Values[^1] - Values[0] == Values.Count - 1;

    /// <param name="fault">What was found and expected; null where the field could be read.</param>
    internal static CronField? TryParse(string text, CronFieldKind kind, out string? fault)
    {
        var values = new SortedSet<int>();
        fault = null;
        foreach (string part in text.Split(','))
        {
            if (Add(part, kind, values)) continue;
            fault = $"{kind.Name} '{text}'; expected {kind.Expected}";
            return null;
        }
        // In a week 7 is Sunday, as 0 is.
        if (kind.Wraps && values.Remove(7)) values.Add(0);
        return new CronField([.. values], text == "*");
    }

    private static bool Add(string part, CronFieldKind kind, SortedSet<int> to)
    {
        var stepped = part.Split('/');
        if (stepped.Length > 2) return false;
        int step = 1;
        if (stepped.Length == 2 && !(int.TryParse(stepped[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) && step >= 1 && step <= kind.Max)) return false;
        int from, until;
        if (stepped[0] == "*") (from, until) = (kind.Min, kind.Wraps ? kind.Max - 1 : kind.Max);
        else
        {
            var ends = stepped[0].Split('-');
            if (ends.Length > 2 || !kind.TryValue(ends[0], out from)) return false;
            until = stepped.Length == 2 && ends.Length == 1 ? kind.Max : from;
            if (ends.Length == 2 && !kind.TryValue(ends[1], out until)) return false;
        }
        if (until < from) return false;
        for (int value = from; value <= until; value += step) to.Add(value);
        return true;
    }
}

/// <summary>Range and names of one of the fields.</summary>
internal sealed record CronFieldKind(string Name, int Min, int Max, IReadOnlyList<string> Names, bool Wraps = false)
{
    public static readonly CronFieldKind Second = new("second", 0, 59, []);
    public static readonly CronFieldKind Minute = new("minute", 0, 59, []);
    public static readonly CronFieldKind Hour = new("hour", 0, 23, []);
    public static readonly CronFieldKind Day = new("day of the month", 1, 31, []);
    public static readonly CronFieldKind Month = new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);
    public static readonly CronFieldKind Weekday = new("weekday", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], Wraps: true);

    public string Expected =>
        $"{Min} to {Max}{(Wraps ? " (0 and 7 are Sunday)" : "")}{(Names.Count > 0 ? $", {Names[0]} to {Names[^1]}" : "")}, *, a-b, */n, or a list of these with commas";

    public bool TryValue(string text, out int value)
    {
        int named = Names.ToList().FindIndex(n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = named + Min;
        return named >= 0 || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= Min && value <= Max);
    }
}
