namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>
/// Items of like sales, whose errors set the width of their intervals together, and the spread by which an item's errors are measured: what sells seldom errs
/// otherwise than what sells daily.
/// </summary>
internal sealed class IntervalBands
{
    /// <summary>Bands.</summary>
    public const int Count = 8;

    private readonly int[] _bands;
    private readonly double[] _spreads;

    private IntervalBands(int[] bands, double[] spreads) => (_bands, _spreads) = (bands, spreads);

    /// <param name="n">Position among the items with a forecast.</param>
    public int BandOf(int n) => _bands[n];

    /// <summary>Standard deviation of a day's sales; above 0.</summary>
    public double SpreadOf(int n) => _spreads[n];

    /// <param name="leftOut">Days at the end of the series that do not count.</param>
    public static IntervalBands Of(DailySales sales, int[] forecast, int leftOut)
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
        for (int at = 0; at < order.Length; at++) bands[order[at]] = (int)((long)at * Count / order.Length);
        return new IntervalBands(bands, spreads);
    }
}
