namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>A way to foretell the days after a series.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Occurrence">Weight of the newest day in whether something is sold; 0: the whole is smoothed, not whether and how much.</param>
/// <param name="Level">Weight of the newest day, or sale, in how much.</param>
internal sealed record ForecastMethod(string Name, double Occurrence, double Level)
{
    public const string SeasonalNaive = "seasonal_naive";

    /// <summary>
    /// The week before; simple exponential smoothing (Brown 1959); and for what sells seldom Croston's division into whether and how much (1972), in the form
    /// of Teunter, Syntetos and Babai 2011, which forgets what is not sold any more. The last two go by what a weekday usually sells.
    /// </summary>
    public static readonly ForecastMethod[] All =
    [
        new(SeasonalNaive, 0, 0),
        new("exponential_smoothing", 0, 0.02), new("exponential_smoothing", 0, 0.05), new("exponential_smoothing", 0, 0.1),
        new("exponential_smoothing", 0, 0.2),
        new("croston_tsb", 0.02, 0.05), new("croston_tsb", 0.05, 0.05), new("croston_tsb", 0.1, 0.1),
    ];

    /// <summary>Foretells <paramref name="ahead"/> days after the first <paramref name="length"/> of a series.</summary>
    /// <param name="start">Position of the series' first day in the week, so that weekdays are its position modulo 7.</param>
    /// <param name="weekdays">What each weekday sells beside a usual day; 0: closed.</param>
    public void Foretell(ReadOnlySpan<double> series, int length, int start, ReadOnlySpan<double> weekdays, Span<double> ahead)
    {
        const int Week = DailySales.Week;
        if (Level == 0)
        {
            for (int h = 0; h < ahead.Length; h++) ahead[h] = length < Week ? 0 : series[length - Week + h % Week];
            return;
        }
        double level = 0, chance = 0;
        int seen = 0, sales = 0;
        for (int day = 0; day < length; day++)
        {
            double weekday = weekdays[(start + day) % Week];
            if (weekday == 0) continue;
            double sold = series[day] / weekday;
            seen++;
            // A plain mean until there is more than the weight of the newest would count.
            if (Occurrence == 0)
            {
                level += Math.Max(Level, 1.0 / seen) * (sold - level);
                continue;
            }
            chance += Math.Max(Occurrence, 1.0 / seen) * ((sold > 0 ? 1 : 0) - chance);
            if (sold > 0) level += Math.Max(Level, 1.0 / ++sales) * (sold - level);
        }
        if (Occurrence > 0) level *= chance;
        for (int h = 0; h < ahead.Length; h++) ahead[h] = level * weekdays[(start + length + h) % Week];
    }
}
