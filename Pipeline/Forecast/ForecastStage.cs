using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>
/// What will sell of each item on each of the next days. An item's method is the one that foretold its last stretches best. Intervals are those that held as
/// often as they should on the same stretches (split conformal prediction, Vovk, Gammerman and Shafer 2005), for items of like sales together.
/// </summary>
internal sealed class ForecastStage(ForecastOptions options)
{
    /// <summary>Rows that are written at once.</summary>
    private const int RowsAtOnce = 50_000;

    /// <returns>Null where no item is old enough.</returns>
    public ForecastReport? Run(PurchaseLog log, IdMap items, Func<IParquetFileWriter> open, StageContext context)
    {
        if (!log.HasTime || log.Count == 0) return null;
        var sales = DailySales.Of(log, items.Count, options.HistoryDays);
        var backtests = Backtests(sales, context);
        int[] forecast = [.. Enumerable.Range(0, items.Count).Where(i => backtests[i] is not null)];
        int sold = Enumerable.Range(0, items.Count).Count(i => sales.Of(i, out _).Length > 0);
        if (forecast.Length == 0) return null;
        var bands = IntervalBands.Of(sales, forecast, leftOut: 0);
        Write(sales, items, forecast, backtests, Widths(sales, forecast, backtests, bands, first: 0, past: options.Windows), bands, open, context);
        return Judge(sales, forecast, backtests, IntervalBands.Of(sales, forecast, options.Days), sold - forecast.Length);
    }

    private double[][] WeekdaysOf(DailySales sales) =>
        [.. Enumerable.Range(0, options.Windows).Select(w => sales.Weekdays(sales.Length - (w + 1) * options.Days))];

    private ItemBacktest?[] Backtests(DailySales sales, StageContext context)
    {
        var weekdays = WeekdaysOf(sales);
        var found = new ItemBacktest?[sales.Items];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, sales.Items, parallel, item =>
        {
            double[] series = sales.Of(item, out int start);
            if (series.Length - options.Windows * options.Days >= options.MinDays)
                found[item] = ItemBacktest.Of(series, start, weekdays, options.Days);
        });
        return found;
    }

    /// <summary>
    /// Half an interval's width by band, in units of an item's spread: that of the stretch which needed the widest. Seasons come and go, so a share that holds
    /// over all stretches together does not hold in the busy ones.
    /// </summary>
    /// <param name="first">First of the windows whose errors count.</param>
    /// <param name="past">Past the last of them.</param>
    private double[] Widths(DailySales sales, int[] forecast, ItemBacktest?[] backtests, IntervalBands bands, int first, int past)
    {
        var widths = new double[IntervalBands.Count];
        for (int window = first; window < past; window++)
        {
            var errors = Enumerable.Range(0, IntervalBands.Count).Select(_ => new List<double>()).ToArray();
            Errors(sales, forecast, backtests, first, window, window + 1, (n, error) => errors[bands.BandOf(n)].Add(error / bands.SpreadOf(n)));
            for (int band = 0; band < widths.Length; band++)
            {
                var of = errors[band];
                if (of.Count == 0) continue;
                of.Sort();
                // The smallest that holds the share, of one more than there are.
                widths[band] = Math.Max(widths[band], of[Math.Min(of.Count - 1, (int)Math.Ceiling((of.Count + 1) * options.Coverage) - 1)]);
            }
        }
        return widths;
    }

    /// <summary>Absolute errors of the method that the windows from <paramref name="chosenFrom"/> on choose, day by day.</summary>
    /// <param name="take">Position in <paramref name="forecast"/>, and the error.</param>
    private void Errors(
        DailySales sales, int[] forecast, ItemBacktest?[] backtests, int chosenFrom, int first, int past, Action<int, double> take)
    {
        var weekdays = WeekdaysOf(sales);
        var ahead = new double[options.Days];
        for (int n = 0; n < forecast.Length; n++)
        {
            double[] series = sales.Of(forecast[n], out int start);
            var method = ForecastMethod.All[backtests[forecast[n]]!.Best(chosenFrom)];
            for (int w = first; w < past; w++)
            {
                int origin = series.Length - (w + 1) * options.Days;
                method.Foretell(series, origin, start, weekdays[w], ahead);
                for (int h = 0; h < ahead.Length; h++) take(n, Math.Abs(series[origin + h] - ahead[h]));
            }
        }
    }

    /// <summary>The newest stretch, by what the ones before it say.</summary>
    private ForecastReport Judge(DailySales sales, int[] forecast, ItemBacktest?[] backtests, IntervalBands bands, int left)
    {
        double[] widths = Widths(sales, forecast, backtests, bands, first: 1, past: options.Windows);
        long days = 0, held = 0;
        double mase = 0, naiveMase = 0, error = 0, naiveError = 0;
        int scaled = 0;
        Errors(sales, forecast, backtests, chosenFrom: 1, first: 0, past: 1, (n, wrong) =>
        {
            days++;
            // Nothing less than nothing is sold, so an interval ends there.
            if (wrong <= widths[bands.BandOf(n)] * bands.SpreadOf(n)) held++;
        });
        foreach (int item in forecast)
        {
            var backtest = backtests[item]!;
            double of = backtest.Absolute[0][backtest.Best(1)], naive = backtest.Absolute[0][0];
            (error, naiveError) = (error + of, naiveError + naive);
            if (double.IsNaN(backtest.Scale)) continue;
            scaled++;
            (mase, naiveMase) = (mase + of / backtest.Scale, naiveMase + naive / backtest.Scale);
        }
        var methods = forecast.CountBy(i => ForecastMethod.All[backtests[i]!.Best(0)].Name).ToDictionary(m => m.Key, m => m.Value);
        return new ForecastReport(
            forecast.Length, left, new SortedDictionary<string, int>(methods, StringComparer.Ordinal), mase / scaled, naiveMase / scaled,
            error / naiveError, (double)held / days);
    }

    private void Write(
        DailySales sales, IdMap items, int[] forecast, ItemBacktest?[] backtests, double[] widths, IntervalBands bands, Func<IParquetFileWriter> open,
        StageContext context)
    {
        var table = PlaceTables.ItemForecast;
        var weekdays = sales.Weekdays(sales.Length);
        var ahead = new double[options.Days];
        string[] days = [.. Enumerable.Range(0, options.Days).Select(h =>
            DateTime.UnixEpoch.AddDays(sales.FirstDay + sales.Length + h).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))];
        using var file = open();
        var (ids, named, methods) = (new Utf8Rows(table.Columns[0].Name), new Utf8Rows(table.Columns[2].Name), new Utf8Rows(table.Columns[6].Name));
        var (ranks, expected, low, high) = (new List<int>(), new List<double>(), new List<double>(), new List<double>());
        int[] order = [.. Enumerable.Range(0, forecast.Length)];
        Array.Sort(order, (a, b) => items[forecast[a]].SequenceCompareTo(items[forecast[b]]));
        foreach (int n in order)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            double[] series = sales.Of(forecast[n], out int start);
            var method = ForecastMethod.All[backtests[forecast[n]]!.Best(0)];
            method.Foretell(series, series.Length, start, weekdays, ahead);
            double half = widths[bands.BandOf(n)] * bands.SpreadOf(n);
            for (int h = 0; h < ahead.Length; h++)
            {
                ids.Add(items[forecast[n]]);
                ranks.Add(h + 1);
                named.Add(days[h]);
                expected.Add(ahead[h]);
                low.Add(Math.Max(0, ahead[h] - half));
                high.Add(ahead[h] + half);
                methods.Add(method.Name);
            }
            if (ranks.Count >= RowsAtOnce) Flush();
        }
        Flush();
        file.Complete();

        void Flush()
        {
            if (ranks.Count == 0) return;
            file.Append(
                [
                    ids.Column(), new ValueColumn<int>(table.Columns[1], ranks.Count, [.. ranks]), named.Column(), Numbers(3, expected), Numbers(4, low),
                    Numbers(5, high), methods.Column(),
                ],
                ranks.Count);
            foreach (var texts in (ReadOnlySpan<Utf8Rows>)[ids, named, methods]) texts.Clear();
            ranks.Clear();
            expected.Clear();
            low.Clear();
            high.Clear();
        }

        ValueColumn<double> Numbers(int column, List<double> values) => new(table.Columns[column], values.Count, [.. values]);
    }
}
