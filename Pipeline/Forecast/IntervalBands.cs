namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>
/// Items of like sales, whose errors set the width of their intervals together, and the spread by which an item's errors are measured: what sells seldom errs
/// otherwise than what sells daily.
/// </summary>
internal sealed class IntervalBands
{
    /// <summary>Bands at most.</summary>
    private const int Most = 8;

    /// <summary>Items that a band has at least: errors of fewer say little of how wide an interval has to be.</summary>
    private const int LeastItems = 30;

    private readonly int[] _bands;
    private readonly double[] _spreads;

    private IntervalBands(int[] bands, double[] spreads) => (_bands, _spreads) = (bands, spreads);

    /// <param name="n">Position among the items with a forecast.</param>
    public int BandOf(int n) => _bands[n];

    /// <summary>Standard deviation of a day's sales up to then; above 0.</summary>
    public double SpreadOf(int n) => _spreads[n];

    /// <summary>Bands of so many items.</summary>
    public static int CountOf(int items) => Math.Clamp(items / LeastItems, 1, Most);

    /// <summary>As they are known at a day: what comes later would make an item look as uneven as it had yet to become.</summary>
    /// <param name="forecast">Items that had sold for a day at least by then.</param>
    /// <param name="leftOut">Days at the end of the series that lie behind it.</param>
    /// <param name="count">Bands, 1 up.</param>
    public static IntervalBands Of(DailySales sales, int[] forecast, int leftOut, int count)
    {
        var (spreads, shares) = (new double[forecast.Length], new double[forecast.Length]);
        for (int n = 0; n < forecast.Length; n++)
        {
            var series = sales.Of(forecast[n], out _).AsSpan(..^leftOut);
            double sum = 0, squares = 0;
            int days = 0;
            foreach (double sold in series)
            {
                (sum, squares) = (sum + sold, squares + sold * sold);
                if (sold > 0) days++;
            }
            spreads[n] = Math.Max(1e-3, Math.Sqrt(Math.Max(0, squares - sum * sum / series.Length) / series.Length));
            shares[n] = (double)days / series.Length;
        }
        var bands = new int[forecast.Length];
        int[] order = [.. Enumerable.Range(0, forecast.Length).OrderBy(n => shares[n]).ThenBy(n => forecast[n])];
        for (int at = 0; at < order.Length; at++) bands[order[at]] = (int)((long)at * count / order.Length);
        return new IntervalBands(bands, spreads);
    }
}
