using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class HoldOutSplitterTests
{
    private const long Day = 86_400;

    [TestMethod]
    public void Nothing_after_the_cut_reaches_train_and_returns_net_in_their_window()
    {
        using var night = new IngestStep(s => s.ReturnGroupPrefix = "C");
        night.Options.QuantityShape = WeightShape.Linear;
        night.Options.HoldOut.Cut = "1970-01-11";
        night.Options.HoldOut.ValidationCut = "1970-01-06";
        night.Log(
            "a.parquet",
            ("u", "old", 1 * Day, 5, 1, "1"),
            ("u", "validated", 6 * Day, 2, 1, "1"),
            ("u", "sent-back-later", 2 * Day, 3, 1, "1"),
            ("u", "sent-back-later", 12 * Day, -3, 1, "C1"),
            ("u", "tested", 13 * Day, 4, 1, "1"),
            ("u", "tested", 14 * Day, -1, 1, "C1"),
            ("u", "regretted", 13 * Day, 1, 1, "1"),
            ("u", "regretted", 14 * Day, -1, 1, "C2"),
            ("u", "old", 15 * Day, 1, 1, "1"),
            ("u", "old", 17 * Day, 1, 1, "1"));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "old 5", "sent-back-later 3", "validated 2" }, Row(result, result.HoldOut.Train.ByUser));
        CollectionAssert.AreEqual(new[] { "old 2", "tested 3" }, Row(result, result.HoldOut.Test));
        CollectionAssert.AreEqual(new[] { "old 5", "sent-back-later 3" }, Row(result, result.Validation.Train.ByUser));
        CollectionAssert.AreEqual(new[] { "validated 2" }, Row(result, result.Validation.Test));
        int old = result.HoldOut.Test.RowIndices(0).ToArray().ToList().FindIndex(i => result.Items.Text(i) == "old");
        Assert.AreEqual(15 * Day, result.HoldOut.TestSeen![old], "the first time, whatever follows");
        Assert.AreEqual(10 * Day, result.HoldOut.Cut);
        var report = result.Report.HoldOut;
        Assert.AreEqual(("time", "1970-01-11T00:00:00Z", 2L, 1L, 1L), (report.Method, report.Cut, report.TestPairs, report.NewPairs, report.ColdItemPairs));
        Assert.AreEqual("1970-01-11T00:00:00Z", result.Report.Validation.End);
    }

    [TestMethod]
    public void Train_decays_from_its_cut_and_test_does_not_decay()
    {
        using var night = new IngestStep();
        night.Options.HalfLifeDays = 1;
        night.Options.HoldOut.Cut = "1970-01-03";
        night.Options.HoldOut.ValidationDays = 0.5;
        night.Log("a.parquet", ("u", "x", 0, 1, 1, "1"), ("u", "y", 1 * Day, 1, 1, "1"), ("u", "z", 2 * Day, 1, 1, "1"), ("u", "w", 9 * Day, 1, 1, "1"));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "x 0.25", "y 0.5" }, Row(result, result.HoldOut.Train.ByUser));
        CollectionAssert.AreEqual(new[] { "w 1", "z 1" }, Row(result, result.HoldOut.Test));
    }

    [TestMethod]
    public void A_share_of_a_long_log_is_cut_at_midnight()
    {
        using var night = new IngestStep();
        night.Options.HoldOut.Share = 0.25;
        night.Log(
            "a.parquet",
            [.. Enumerable.Range(0, 100).Select(k => ((string?)"u", (string?)$"i{k}", (long?)(k * Day + 7_000), (int?)1, (double?)1, (string?)"1"))]);

        var result = night.Run();

        Assert.AreEqual(75 * Day, result.HoldOut.Cut);
        Assert.AreEqual(25, result.HoldOut.Test.Count);
        Assert.AreEqual(75, result.HoldOut.Train.Count);
    }

    [TestMethod]
    public void A_cut_outside_of_the_data_or_too_long_a_window_is_an_error_with_values()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 0, 1, 1, "1"), ("u", "y", 2 * Day, 1, 1, "1"));
        night.Options.HoldOut.Cut = "2031-01-01";

        var e = Assert.ThrowsExactly<ConfigurationException>(() => night.Run());
        StringAssert.Contains(e.Message, "Ingest:HoldOut:Cut is 2031-01-01");
        StringAssert.Contains(e.Message, "from 1970-01-01T00:00:00Z to 1970-01-03T00:00:00Z");

        night.Options.HoldOut.Cut = null;
        night.Options.HoldOut.Days = 3;
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message, "Ingest:HoldOut:Days is 3; the data it is taken from spans 2.0 days");
    }

    [TestMethod]
    public void A_log_of_views_is_tested_on_views()
    {
        using var night = new IngestStep(s => s.DefaultKind = "view");
        night.Log("a.parquet", ("u", "x", 0, 1, 1, null), ("u", "y", 60, 1, 1, null), ("u", "z", 120, 1, 1, null), ("u", "w", 180, 1, 1, null));

        Assert.AreEqual(2, night.Run().HoldOut.Test.Count);
    }

    [TestMethod]
    public void Earlier_windows_lie_one_behind_the_other_and_know_what_came_before()
    {
        using var night = new IngestStep { EarlierWindows = 2 };
        night.Options.HoldOut.Cut = "1970-01-11";
        night.Options.HoldOut.ValidationCut = "1970-01-09";
        night.Log(
            "a.parquet",
            [.. Enumerable.Range(0, 12).SelectMany(day => new[] { $"day-{day}", "again" }
                .Select(item => ((string?)"u", (string?)item, (long?)(day * Day), (int?)1, (double?)1, (string?)$"{day}")))]);

        var result = night.Run();

        Assert.AreEqual("8, 6, 4", string.Join(", ", result.Earlier.Prepend(result.Validation).Select(w => w.Cut / Day)));
        CollectionAssert.AreEqual(new[] { "again 1", "day-6 1", "day-7 1" }, Names(result, result.Earlier[0].Test));
        CollectionAssert.AreEqual(new[] { "again 1", "day-4 1", "day-5 1" }, Names(result, result.Earlier[1].Test));
        // What is bought again later was there before all the same.
        CollectionAssert.AreEqual(new[] { "again 1", "day-0 1", "day-1 1", "day-2 1", "day-3 1" }, Names(result, result.Earlier[1].Train.ByUser));
        var read = IngestArtifacts.ReadEarlier(night.LastOutput, 2);
        CollectionAssert.AreEqual(result.Earlier.Select(w => w.Cut).ToArray(), read.Select(w => w.Cut).ToArray());
    }

    [TestMethod]
    public void Earlier_windows_beyond_the_log_or_without_times_are_refused()
    {
        using var night = new IngestStep { EarlierWindows = 3 };
        night.Options.HoldOut.Cut = "1970-01-11";
        night.Options.HoldOut.ValidationCut = "1970-01-08";
        night.Log(
            "a.parquet",
            [.. Enumerable.Range(0, 12).Select(day => ((string?)"u", (string?)$"day-{day}", (long?)(day * Day), (int?)1, (double?)1, (string?)"1"))]);
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message, "Train:Auto:Cuts is 4; the log begins 1970-01-01");

        using var timeless = new IngestStep(s => s.Columns = new() { User = "user", Item = "item" }) { EarlierWindows = 1 };
        timeless.Log("a.parquet", ("u", "x", 0, 1, 1, "1"), ("u", "y", 0, 1, 1, "1"), ("u", "z", 0, 1, 1, "1"), ("u", "w", 0, 1, 1, "1"));
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => timeless.Run()).Message, "Train:Auto:Cuts is 2; expected 1, for the log has no times");
    }

    private static string[] Names(IngestResult night, Pipeline.Data.SparseRows rows) => [.. Row(night, rows).Select(r => r.Split(' ')[0] + " 1")];

    private static string[] Row(IngestResult night, Pipeline.Data.SparseRows rows)
    {
        var row = rows.RowIndices(0).ToArray().Zip(rows.RowValues(0).ToArray(), (i, v) => $"{night.Items.Text(i)} {v:R}").ToArray();
        Array.Sort(row, StringComparer.Ordinal);
        return row;
    }
}
