using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>
/// What will sell of each item on each of the next days. An item's method is the one that foretold its last stretches best. Intervals are those that held as
/// often as they should on those stretches, each foretold as it would have been then (split conformal prediction, Vovk, Gammerman and Shafer 2005, over rolling
/// origins, Tashman 2000), for items of like sales together.
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
        int count = IntervalBands.CountOf(forecast.Length);
        var bands = IntervalBands.Of(sales, forecast, leftOut: 0, count);
        Write(sales, items, forecast, backtests, Widths(sales, forecast, backtests, first: 0), bands, open, context);
        return Judge(sales, forecast, backtests, IntervalBands.Of(sales, forecast, options.Days, count), sold - forecast.Length);
    }

    /// <summary>Before each window: those that choose methods and set widths, and those that chose at the oldest of them.</summary>
    private double[][] WeekdaysOf(DailySales sales) =>
        [.. Enumerable.Range(0, 2 * options.Windows - 1).Select(w => sales.Weekdays(Math.Max(0, sales.Length - (w + 1) * options.Days)))];

    private ItemBacktest?[] Backtests(DailySales sales, StageContext context)
    {
        var weekdays = WeekdaysOf(sales);
        var found = new ItemBacktest?[sales.Items];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, sales.Items, parallel, item =>
        {
            double[] series = sales.Of(item, out int start);
            if (series.Length - options.Windows * options.Days >= options.MinDays)
                found[item] = ItemBacktest.Of(series, start, weekdays, options.Days, options.MinDays, options.Windows);
        });
        return found;
    }

    /// <summary>
    /// Half an interval's width by band, in units of an item's spread: what holds as many of the windows' errors as it should. Each error is as it would have
    /// been then: of the method that the stretches before the window chose, measured by the spread of the days before it.
    /// </summary>
    /// <param name="first">First of the windows whose errors count.</param>
    private double[] Widths(DailySales sales, int[] forecast, ItemBacktest?[] backtests, int first)
    {
        int bands = IntervalBands.CountOf(forecast.Length);
        var errors = Enumerable.Range(0, bands).Select(_ => new List<double>()).ToArray();
        for (int window = first; window < options.Windows; window++)
        {
            int[] old = [.. forecast.Where(i => backtests[i]!.Has(window + 1))];
            var then = IntervalBands.Of(sales, old, (window + 1) * options.Days, bands);
            Errors(sales, old, backtests, (window + 1, window + options.Windows), window, (n, error) => errors[then.BandOf(n)].Add(error / then.SpreadOf(n)));
        }
        if (errors.All(e => e.Count == 0))
        {
            // No item is old enough for a choice before the windows: the choice of the windows themselves has to do.
            var now = IntervalBands.Of(sales, forecast, first * options.Days, bands);
            for (int window = first; window < options.Windows; window++)
            {
                Errors(
                    sales, forecast, backtests, (first, options.Windows), window, (n, error) => errors[now.BandOf(n)].Add(error / now.SpreadOf(n)));
            }
        }
        double[] widths = [.. errors.Select(Quantile)];
        // Where few are old enough, a band of today may have nobody of then.
        return [.. widths.Select((width, band) => errors[band].Count == 0 ? widths.Max() : width)];
    }

    /// <summary>The smallest that holds the share, of one more than there are.</summary>
    private double Quantile(List<double> errors)
    {
        if (errors.Count == 0) return 0;
        errors.Sort();
        return errors[Math.Min(errors.Count - 1, (int)Math.Ceiling((errors.Count + 1) * options.Coverage) - 1)];
    }

    /// <summary>Absolute errors in a window of the method that some windows choose, day by day.</summary>
    /// <param name="take">Position in <paramref name="items"/>, and the error.</param>
    private void Errors(
        DailySales sales, int[] items, ItemBacktest?[] backtests, (int First, int Past) chosenBy, int window, Action<int, double> take)
    {
        double[] weekdays = sales.Weekdays(sales.Length - (window + 1) * options.Days);
        var ahead = new double[options.Days];
        for (int n = 0; n < items.Length; n++)
        {
            double[] series = sales.Of(items[n], out int start);
            var method = ForecastMethod.All[backtests[items[n]]!.Best(chosenBy.First, chosenBy.Past)];
            int origin = series.Length - (window + 1) * options.Days;
            method.Foretell(series, origin, start, weekdays, ahead);
            for (int h = 0; h < ahead.Length; h++) take(n, Math.Abs(series[origin + h] - ahead[h]));
        }
    }

    /// <summary>The newest stretch, by what the ones before it say.</summary>
    private ForecastReport Judge(DailySales sales, int[] forecast, ItemBacktest?[] backtests, IntervalBands bands, int left)
    {
        double[] widths = Widths(sales, forecast, backtests, first: 1);
        long days = 0, held = 0;
        double mase = 0, naiveMase = 0, error = 0, naiveError = 0;
        int scaled = 0;
        Errors(sales, forecast, backtests, (1, options.Windows), window: 0, (n, wrong) =>
        {
            days++;
            // Nothing less than nothing is sold, so an interval ends there.
            if (wrong <= widths[bands.BandOf(n)] * bands.SpreadOf(n)) held++;
        });
        foreach (int item in forecast)
        {
            var backtest = backtests[item]!;
            double of = backtest.Absolute[0]![backtest.Best(1, options.Windows)], naive = backtest.Absolute[0]![0];
            (error, naiveError) = (error + of, naiveError + naive);
            if (double.IsNaN(backtest.Scale)) continue;
            scaled++;
            (mase, naiveMase) = (mase + of / backtest.Scale, naiveMase + naive / backtest.Scale);
        }
        var methods = forecast.CountBy(i => ForecastMethod.All[backtests[i]!.Best(0, options.Windows)].Name).ToDictionary(m => m.Key, m => m.Value);
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
            var method = ForecastMethod.All[backtests[forecast[n]]!.Best(0, options.Windows)];
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
