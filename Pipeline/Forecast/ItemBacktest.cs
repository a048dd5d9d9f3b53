namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>What came of foretelling one item's last stretches by each method.</summary>
/// <param name="Absolute">Mean absolute error by window, the newest first, and method; null of windows for which the item is too young.</param>
/// <param name="Squared">Mean squared error, likewise.</param>
/// <param name="Scale">
/// Mean absolute error of the week before within the days before those windows that every item has: what errors are measured by (MASE).
/// </param>
internal sealed record ItemBacktest(double[]?[] Absolute, double[]?[] Squared, double Scale)
{
    /// <summary>Whether the item is old enough for a window.</summary>
    public bool Has(int window) => window < Squared.Length && Squared[window] is not null;

    /// <summary>
    /// The method with the least squared error over the windows from <paramref name="first"/> up to <paramref name="past"/> that the item has: absolute error
    /// would have most items that sell seldom foretold as never sold. The first of equal ones.
    /// </summary>
    public int Best(int first, int past)
    {
        int best = 0;
        for (int m = 1; m < ForecastMethod.All.Length; m++)
            if (Sum(m) < Sum(best)) best = m;
        return best;

        double Sum(int method)
        {
            double sum = 0;
            for (int w = first; w < past && Has(w); w++) sum += Squared[w]![method];
            return sum;
        }
    }

    /// <param name="start">Position of the series' first day.</param>
    /// <param name="weekdays">What weekdays sell, as known before each window, the newest first.</param>
    /// <param name="minDays">Days before a window that the item must have.</param>
    /// <param name="everybodys">Windows that every item has.</param>
    public static ItemBacktest Of(double[] series, int start, double[][] weekdays, int days, int minDays, int everybodys)
    {
        int windows = weekdays.Length, methods = ForecastMethod.All.Length;
        var (absolute, squared) = (new double[windows][], new double[windows][]);
        var ahead = new double[days];
        for (int w = 0; w < windows; w++)
        {
            int origin = series.Length - (w + 1) * days;
            if (origin < minDays) break;
            (absolute[w], squared[w]) = (new double[methods], new double[methods]);
            for (int m = 0; m < methods; m++)
            {
                ForecastMethod.All[m].Foretell(series, origin, start, weekdays[w], ahead);
                for (int h = 0; h < days; h++)
                {
                    double error = series[origin + h] - ahead[h];
                    absolute[w][m] += Math.Abs(error) / days;
                    squared[w][m] += error * error / days;
                }
            }
        }
        return new ItemBacktest(absolute, squared, ScaleOf(series, series.Length - everybodys * days));
    }

    /// <summary>Hyndman and Koehler 2006; never 0, so that an item that sold alike every week has one too.</summary>
    private static double ScaleOf(double[] series, int end)
    {
        double sum = 0;
        int count = 0;
        for (int day = DailySales.Week; day < end; day++, count++) sum += Math.Abs(series[day] - series[day - DailySales.Week]);
        return count == 0 || sum == 0 ? double.NaN : sum / count;
    }
}
