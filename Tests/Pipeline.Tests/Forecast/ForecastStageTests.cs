using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Forecast;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Forecast;

/// <summary>What will sell, by item and day.</summary>
[TestClass]
internal sealed class ForecastStageTests
{
    private const uint Day = 86_400;

    /// <summary>A Thursday.</summary>
    private const uint Begin = 1_000 * 7 * Day;

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void The_week_before_is_the_week_before()
    {
        var ahead = new double[9];
        ForecastMethod.All[0].Foretell([9, 1, 2, 3, 4, 5, 6, 7], 8, 0, new double[7], ahead);
        CollectionAssert.AreEqual(new double[] { 1, 2, 3, 4, 5, 6, 7, 1, 2 }, ahead);
    }

    [TestMethod]
    public void Smoothing_goes_by_weekdays_and_passes_over_closed_ones()
    {
        // Two on working days, closed on the seventh.
        double[] weekdays = [7.0 / 6, 7.0 / 6, 7.0 / 6, 7.0 / 6, 7.0 / 6, 7.0 / 6, 0];
        double[] series = [.. Enumerable.Range(0, 28).Select(d => d % 7 == 6 ? 0.0 : 2)];
        foreach (var method in ForecastMethod.All.Skip(1))
        {
            var ahead = new double[7];
            method.Foretell(series, 28, 0, weekdays, ahead);
            for (int h = 0; h < 7; h++) Assert.AreEqual(h == 6 ? 0 : 2, ahead[h], 1e-9, $"{method.Name} day {h}");
        }
    }

    [TestMethod]
    public void Croston_forgets_what_is_not_sold_any_more()
    {
        double[] open = [1, 1, 1, 1, 1, 1, 1];
        double[] series = [.. Enumerable.Range(0, 200).Select(d => d < 100 && d % 4 == 0 ? 8.0 : 0)];
        var (then, now) = (new double[1], new double[1]);
        var method = ForecastMethod.All.First(m => m.Name == "croston_tsb");
        method.Foretell(series, 100, 0, open, then);
        method.Foretell(series, 200, 0, open, now);

        Assert.AreEqual(2, then[0], 0.4);
        Assert.IsLessThan(0.3, now[0]);
    }

    [TestMethod]
    public void Intervals_hold_as_they_should_and_errors_are_below_the_naive_ones()
    {
        var (log, items) = Poisson(items: 300, days: 240, seed: 5);
        var options = new ForecastOptions { Enabled = true, Days = 14, Windows = 4 };
        var (report, rows) = Run(log, items, options);
        TestContext.WriteLine($"MASE {report.Mase:0.000}, week before {report.NaiveMase:0.000}, coverage {report.Coverage:0.000}");

        Assert.AreEqual(300, report.Items);
        Assert.IsLessThan(0.85, report.RelativeError);
        Assert.IsLessThan(0.9, report.Mase);
        Assert.AreEqual(0.9, report.Coverage, 0.03);
        Assert.AreEqual(300 * 14, rows.Count);
        foreach (var (item, rank, day, expected, low, high) in rows)
        {
            Assert.IsTrue(low >= 0 && low <= expected && expected <= high, $"{item} {day}");
            Assert.AreEqual(DateTime.UnixEpoch.AddSeconds(Begin).AddDays(239 + rank).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), day);
        }
        CollectionAssert.AreEqual(rows.Select(r => r.Item).Order(StringComparer.Ordinal).ToArray(), rows.Select(r => r.Item).ToArray());
    }

    [TestMethod]
    public void An_items_spread_and_band_are_of_the_days_before()
    {
        // Both sell one a day; the second sells a hundred more in the last two weeks, the first nothing at all.
        List<(uint Second, int Item)> rows = [];
        for (uint day = 0; day < 60; day++)
        {
            if (day < 46 && day % 2 == 0) rows.Add((Begin + day * Day, 0));
            for (int n = 0; n < (day < 46 ? 1 : 100); n++) rows.Add((Begin + day * Day + 1, 1));
        }
        var log = new PurchaseLog([0, rows.Count], [.. rows.Select(r => r.Item)], [.. rows.Select(r => r.Second)], null, HasTime: true);
        var sales = DailySales.Of(log, 2, 365);

        var (then, now) = (IntervalBands.Of(sales, [0, 1], 14, 2), IntervalBands.Of(sales, [0, 1], 0, 2));

        Assert.AreEqual((0.5, 1e-3), (then.SpreadOf(0), then.SpreadOf(1)), "every other day, and the same every day");
        Assert.IsGreaterThan(40, now.SpreadOf(1));
        Assert.AreEqual((0, 1), (then.BandOf(0), then.BandOf(1)));
    }

    [TestMethod]
    public void Few_items_are_of_one_band()
    {
        Assert.AreEqual((1, 1, 2, 8, 8), (
            IntervalBands.CountOf(1), IntervalBands.CountOf(59), IntervalBands.CountOf(60), IntervalBands.CountOf(240), IntervalBands.CountOf(100_000)));
    }

    [TestMethod]
    public void A_method_is_chosen_by_windows_for_which_the_item_is_old_enough()
    {
        double[] open = [1, 1, 1, 1, 1, 1, 1];
        // A week that repeats, until the last one, which is turned round.
        double[] series = [.. Enumerable.Range(0, 42).Select(d => d < 35 ? (d % 7 == 0 ? 7.0 : 0) : d % 7 == 0 ? 0 : 1)];

        var backtest = ItemBacktest.Of(series, 0, [.. Enumerable.Repeat(open, 5)], days: 7, minDays: 14, everybodys: 2);

        CollectionAssert.AreEqual(new[] { true, true, true, true, false, false }, Enumerable.Range(0, 6).Select(backtest.Has).ToArray());
        Assert.AreEqual(ForecastMethod.SeasonalNaive, ForecastMethod.All[backtest.Best(1, 4)].Name, "what came since has no say");
        Assert.AreNotEqual(ForecastMethod.SeasonalNaive, ForecastMethod.All[backtest.Best(0, 1)].Name);
        Assert.AreEqual(backtest.Best(1, 4), backtest.Best(1, 9));
    }

    [TestMethod]
    public void Equal_logs_give_equal_bytes_at_any_number_of_threads()
    {
        var (log, items) = Poisson(items: 40, days: 120, seed: 1);
        string one = Bytes(log, items, 1), many = Bytes(log, items, 4);
        Assert.AreEqual(one, many);
    }

    [TestMethod]
    public void A_young_item_or_a_log_without_time_has_no_forecast()
    {
        var (log, items) = Poisson(items: 3, days: 60, seed: 1);
        Assert.IsNull(new ForecastStage(new ForecastOptions { Windows = 4, Days = 14 }).Run(log, items, () => throw new InvalidOperationException(), Quiet()));
        Assert.IsNull(new ForecastStage(new ForecastOptions()).Run(log with { HasTime = false }, items, () => throw new InvalidOperationException(), Quiet()));
    }

    private static StageContext Quiet(int threads = 2) => StageContext.Quiet(threads, 1);

    private static (ForecastReport Report, List<(string Item, int Rank, string Day, double Expected, double Low, double High)> Rows) Run(
        PurchaseLog log, IdMap items, ForecastOptions options)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".parquet");
        var report = new ForecastStage(options).Run(log, items, () => ParquetFiles.Writer().Create(file, PlaceTables.ItemForecast.Columns), Quiet());
        var rows = new List<(string, int, string, double, double, double)>();
        foreach (var batch in ParquetFiles.Reader().Read(file))
        {
            double Number(string column, int row) => batch.Column<ValueColumn<double>>(column).Values[row];
            string Text(string column, int row) => System.Text.Encoding.UTF8.GetString(batch.Column<Utf8Column>(column)[row]);
            for (int row = 0; row < batch.RowCount; row++)
            {
                rows.Add((
                    Text("item_id", row), batch.Column<ValueColumn<int>>("rank").Values[row], Text("day", row), Number("expected", row), Number("low", row),
                    Number("high", row)));
            }
        }
        File.Delete(file);
        return (report!, rows);
    }

    private static string Bytes(PurchaseLog log, IdMap items, int threads)
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".parquet");
        new ForecastStage(new ForecastOptions { Days = 7, Windows = 3 })
            .Run(log, items, () => ParquetFiles.Writer().Create(file, PlaceTables.ItemForecast.Columns), Quiet(threads));
        string bytes = Convert.ToHexString(File.ReadAllBytes(file));
        File.Delete(file);
        return bytes;
    }

    /// <summary>Items that sell by chance at rates from one in ten days to five a day, to one customer; nothing on the seventh day of a week.</summary>
    private static (PurchaseLog, IdMap) Poisson(int items, int days, ulong seed)
    {
        var random = new SplitMix64(seed, "sales");
        var ids = new IdMap(items);
        var rows = new List<(uint Second, int Item)>();
        for (int item = 0; item < items; item++)
        {
            ids.Add($"item{item:D3}");
            double rate = 0.1 * Math.Pow(50, (double)item / items);
            rows.Add((Begin, item));
            for (double at = Wait(rate); at < days; at += Wait(rate))
                if ((int)at % 7 != 6) rows.Add((Begin + (uint)(at * Day), item));
        }
        // The log's last day has a sale, whatever chance says.
        rows.Add((Begin + (uint)(days - 1) * Day + 1, 0));
        rows.Sort();
        return (new PurchaseLog([0, rows.Count], [.. rows.Select(r => r.Item)], [.. rows.Select(r => r.Second)], null, HasTime: true), ids);

        double Wait(double perDay) => -Math.Log(1 - random.NextDouble()) / perDay;
    }
}
