using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>Pieces sold by item and day, the days on which nothing was sold left out, and how the shop's sales spread over the week.</summary>
internal sealed class DailySales
{
    public const int Week = 7;

    private const long Day = 86_400;

    /// <summary>Weeks whose sales say how the week looks.</summary>
    private const int WeekdayWeeks = 13;

    /// <summary>A weekday below this share of a usual day is one on which the shop is closed.</summary>
    private const double Closed = 0.01;

    private readonly int[] _pointers;
    private readonly int[] _days;
    private readonly float[] _units;

    private DailySales(int[] pointers, int[] days, float[] units, int first, int length) =>
        (_pointers, _days, _units, FirstDay, Length) = (pointers, days, units, first, length);

    /// <summary>Day since 1970 of the first of the series.</summary>
    public int FirstDay { get; }

    /// <summary>Days of the series; the last one is that of the last sale.</summary>
    public int Length { get; }

    public int Items => _pointers.Length - 1;

    /// <summary>What is sold of all items, by day.</summary>
    public double[] Total { get; private init; } = [];

    /// <param name="items">Items of the catalog.</param>
    /// <param name="historyDays">Days that are looked at, back from the last sale.</param>
    public static DailySales Of(PurchaseLog log, int items, int historyDays)
    {
        int last = (int)(log.Last / Day), first = Math.Max(log.Count == 0 ? last : (int)(log.Seconds.Min() / Day), last - historyDays + 1);
        var rows = new List<(int Item, int Day, float Units)>();
        for (int at = 0; at < log.Count; at++)
        {
            int day = (int)(log.Seconds[at] / Day);
            if (day >= first) rows.Add((log.Items[at], day - first, log.Pieces?[at] ?? 1));
        }
        // Sums go from the smallest to the largest, so that the order of the log does not show in the last digit.
        rows.Sort();
        var (pointers, days, units) = (new int[items + 1], new List<int>(), new List<float>());
        var total = new double[log.Count == 0 ? 0 : last - first + 1];
        for (int r = 0; r < rows.Count;)
        {
            var (item, day, _) = rows[r];
            double sum = 0;
            for (; r < rows.Count && rows[r].Item == item && rows[r].Day == day; r++) sum += rows[r].Units;
            days.Add(day);
            units.Add((float)sum);
            total[day] += sum;
            pointers[item + 1] = days.Count;
        }
        for (int i = 0; i < items; i++) pointers[i + 1] = Math.Max(pointers[i + 1], pointers[i]);
        return new DailySales(pointers, [.. days], [.. units], first, total.Length) { Total = total };
    }

    /// <summary>Pieces of an item by day, from its first sale on; empty where it was never sold.</summary>
    /// <param name="start">Position of its first day in the series.</param>
    public double[] Of(int item, out int start)
    {
        int from = _pointers[item], to = _pointers[item + 1];
        start = from == to ? Length : _days[from];
        var series = new double[Length - start];
        for (int at = from; at < to; at++) series[_days[at] - start] = _units[at];
        return series;
    }

    /// <summary>
    /// Sales of each weekday beside those of a usual day, by position in the series modulo 7, of all items together over the last weeks before
    /// <paramref name="end"/>; 0 where the shop is closed.
    /// </summary>
    public double[] Weekdays(int end)
    {
        var factors = new double[Week];
        int from = Math.Max(0, end - WeekdayWeeks * Week) is var f && end - f < Week ? 0 : f;
        var days = new int[Week];
        for (int day = from; day < end; day++)
        {
            factors[day % Week] += Total[day];
            days[day % Week]++;
        }
        for (int w = 0; w < Week; w++) factors[w] = days[w] == 0 ? 0 : factors[w] / days[w];
        double usual = factors.Average();
        for (int w = 0; w < Week; w++) factors[w] = usual > 0 && factors[w] / usual >= Closed ? factors[w] / usual : 0;
        return factors;
    }
}
