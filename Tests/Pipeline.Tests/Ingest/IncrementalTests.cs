using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class IncrementalTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void Nights_over_parts_give_what_one_night_over_all_gives(int seed)
    {
        using var parts = new IngestStep(s => s.ReturnGroupPrefix = "C");
        using var whole = new IngestStep(s => s.ReturnGroupPrefix = "C");
        parts.Options.HalfLifeDays = whole.Options.HalfLifeDays = 5;
        IngestResult? last = null;
        string? state = null;
        for (int part = 0; part < 4; part++)
        {
            var rows = RandomLog.Rows(150, seed * 100 + part);
            parts.Log($"{part}.parquet", rows);
            whole.Log($"{part}.parquet", rows);
            last = parts.Run(state);
            state = parts.LastState;
        }

        var once = whole.Run();

        CollectionAssert.AreEqual(IngestStep.Pairs(once), IngestStep.Pairs(last!));
        CollectionAssert.AreEqual(once.Interactions.ByUser.Indices, last!.Interactions.ByUser.Indices, "even the ids are the same");
        CollectionAssert.AreEqual(once.HoldOut.Test.Values, last.HoldOut.Test.Values);
        CollectionAssert.AreEqual(once.HoldOut.Train.ByUser.Values, last.HoldOut.Train.ByUser.Values);
        CollectionAssert.AreEqual(once.Catalog.Prices, last.Catalog.Prices);
        Assert.AreEqual(once.Report.Total, last.Report.Total);
        CollectionAssert.AreEqual(once.Report.RowsByFate.ToArray(), last.Report.RowsByFate.ToArray());
        CollectionAssert.AreEqual(File.ReadAllBytes(whole.LastState), File.ReadAllBytes(parts.LastState));
    }

    [TestMethod]
    public void Files_that_come_late_change_ids_but_no_interaction()
    {
        using var inOrder = new IngestStep(s => s.ReturnGroupPrefix = "C");
        using var late = new IngestStep(s => s.ReturnGroupPrefix = "C");
        inOrder.Options.HalfLifeDays = late.Options.HalfLifeDays = 5;
        string? state = null;
        IngestResult? last = null;
        foreach (int part in new[] { 2, 0, 1 })
        {
            inOrder.Log($"{part}.parquet", RandomLog.Rows(150, 700 + part));
            late.Log($"{part}.parquet", RandomLog.Rows(150, 700 + part));
            last = late.Run(state);
            state = late.LastState;
        }

        var once = inOrder.Run();

        CollectionAssert.AreEqual(IngestStep.Pairs(once), IngestStep.Pairs(last!));
        CollectionAssert.AreEqual(once.Report.RowsByFate.ToArray(), last!.Report.RowsByFate.ToArray());
    }

    [TestMethod]
    public void A_log_that_is_delivered_twice_is_merged_away_and_remarked_on()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "1"));
        var first = night.Run();
        night.Log("b.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "1"));

        var second = night.Run(night.LastState);

        CollectionAssert.AreEqual(IngestStep.Pairs(first), IngestStep.Pairs(second));
        Assert.AreEqual(1, second.Report.Constraints.Single(c => c.Name == "data.files.repeated").Value);
        Assert.AreEqual(new RowCounts(4, 2, 2, 0), second.Report.Total);
    }

    [TestMethod]
    public void Only_new_files_are_read_and_the_old_state_is_left_alone()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "1"));
        night.Run();
        string first = night.LastState;
        var bytes = File.ReadAllBytes(first);
        night.Log("b.parquet", ("v", "z", 30, 1, 1, "1"), ("w", "x", 40, 1, 1, "1"));

        var second = night.Run(first);
        string secondState = night.LastState;
        var third = night.Run(secondState);

        Assert.AreEqual(2, second.Report.New.Rows);
        Assert.AreEqual(4, second.Report.Total.Rows);
        CollectionAssert.AreEqual(new[] { "u", "v", "w" }, Enumerable.Range(0, 3).Select(second.Users.Text).ToArray());
        CollectionAssert.AreEqual(new[] { "x", "y", "z" }, Enumerable.Range(0, 3).Select(second.Items.Text).ToArray());
        CollectionAssert.AreEqual(bytes, File.ReadAllBytes(first));
        Assert.AreEqual(0, third.Report.New.Rows);
        CollectionAssert.AreEqual(IngestStep.Pairs(second), IngestStep.Pairs(third));
        Assert.AreEqual("Warn", third.Report.Constraints.Single(c => c.Name == "data.files.new").Level.ToString());
    }

    [TestMethod]
    public void A_changed_file_is_refused_kept_or_read_anew()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "1"));
        night.Run();
        string first = night.LastState;
        night.Log("a.parquet", ("v", "y", 20, 1, 1, "1"), ("u", "z", 10, 1, 1, "1"));

        var e = Assert.ThrowsExactly<RunFailedException>(() => night.Run(first));
        StringAssert.Contains(e.Message, "a.parquet");
        StringAssert.Contains(e.Message, "Ingest:ChangedFiles");

        night.Options.ChangedFiles = ChangedFilePolicy.Keep;
        CollectionAssert.AreEqual(new[] { "u x 1 10", "v y 1 20" }, IngestStep.Pairs(night.Run(first)));

        night.Options.ChangedFiles = ChangedFilePolicy.Rebuild;
        var again = night.Run(first);
        CollectionAssert.AreEqual(new[] { "u z 1 10", "v y 1 20" }, IngestStep.Pairs(again));
        Assert.AreEqual(0, again.Users.Find("u"), "ids stay what they were");
        Assert.AreEqual(2, again.Items.Find("z"));
    }

    [TestMethod]
    public void A_vanished_file_is_refused_or_its_rows_are_kept()
    {
        using var night = new IngestStep();
        string path = night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"));
        night.Log("b.parquet", ("v", "y", 20, 1, 1, "1"));
        night.Run();
        string first = night.LastState;
        night.Parquet.Remove(path);

        StringAssert.Contains(
            Assert.ThrowsExactly<RunFailedException>(() => night.Run(first)).Message, "events:a.parquet: the file was read by an earlier night and is gone");

        night.Options.VanishedFiles = ChangedFilePolicy.Keep;
        CollectionAssert.AreEqual(new[] { "u x 1 10", "v y 1 20" }, IngestStep.Pairs(night.Run(first)));
        night.Options.VanishedFiles = ChangedFilePolicy.Rebuild;
        CollectionAssert.AreEqual(new[] { "v y 1 20" }, IngestStep.Pairs(night.Run(first)));
    }

    [TestMethod]
    public void Another_mapping_needs_all_logs_read_anew()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("u", "POST", 10, 1, 1, "1"));
        night.Run();
        string first = night.LastState;
        night.Options.NonProducts.Add("^POST$");

        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Run(first)).Message, "Ingest:ChangedFiles to Rebuild");

        night.Options.ChangedFiles = ChangedFilePolicy.Rebuild;
        var again = night.Run(first);
        Assert.AreEqual(1, again.Report.Items);
        Assert.AreEqual(2, again.Report.ItemIds);
    }

    [TestMethod]
    public void A_row_from_the_future_counts_once_its_time_has_come()
    {
        using var night = new IngestStep();
        night.Options.AsOf = "1970-01-02";
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("u", "y", 90_000, 1, 1, "1"));
        Assert.AreEqual(1, night.Run().Report.Pairs);
        Assert.AreEqual(1, night.Quarantined().Length);

        night.Options.AsOf = "1970-01-03";
        var next = night.Run(night.LastState);

        Assert.AreEqual(2, next.Report.Pairs);
        Assert.AreEqual(0, night.Quarantined().Length);
    }

    [TestMethod]
    public void A_row_that_a_later_night_condemns_is_quarantined_that_night()
    {
        using var night = new IngestStep(s => s.DefaultKind = "view");
        night.Options.Bots.MaxPerMinute = 2;
        night.Log("a.parquet", ("bot", "x", 10, 1, 1, null), ("bot", "y", 11, 1, 1, null), ("u", "x", 10, 1, 1, null), ("v", "y", 1_000, 1, 1, null));
        Assert.AreEqual(4, night.Run().Report.Total.Kept);
        night.Log("b.parquet", ("bot", "z", 12, 1, 1, null));

        var next = night.Run(night.LastState);

        Assert.AreEqual(2, next.Report.Total.Kept);
        CollectionAssert.AreEqual(
            new[] { "events:a.parquet 0 bot_rate - -", "events:a.parquet 1 bot_rate - -", "events:b.parquet 0 bot_rate - -" },
            night.Quarantined());
    }
}
