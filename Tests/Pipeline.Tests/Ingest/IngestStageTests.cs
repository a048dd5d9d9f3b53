using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class IngestStageTests
{
    private const long Day = 86_400;

    [TestMethod]
    public void Every_bad_row_is_quarantined_with_file_row_reason_and_value()
    {
        using var night = new IngestStep();
        night.Options.NonProducts.Add("^POST$");
        night.Options.Latest = "1970-01-11";
        night.Options.AsOf = "1970-01-09";
        night.Options.MaxIdBytes = 8;
        night.Log(
            "a.parquet",
            ("u", "x", Day, 1, 2.5, "1"),
            (null, "x", Day, 1, 2.5, "1"),
            ("u", null, Day, 1, 2.5, "1"),
            ("u", "x", null, 1, 2.5, "1"),
            ("u", "x", -5, 1, 2.5, "1"),
            ("u", "x", 10 * Day, 1, 2.5, "1"),
            ("u", "x", 8 * Day + 1, 1, 2.5, "1"),
            ("u", "x", Day, 0, 2.5, "1"),
            ("u", "x", Day, 1, -2.5, "1"),
            ("u", "POST", Day, 1, 2.5, "1"),
            ("u", "long-item-id", Day, 1, 2.5, "1"),
            ("long-user-id", "x", Day, 1, 2.5, "1"),
            ("u", "y", Day, -3, 2.5, "C2"),
            ("u", "", Day, 1, 2.5, "1"));

        var result = night.Run();

        CollectionAssert.AreEquivalent(
            new[]
            {
                "events:a.parquet 1 null_user user -",
                "events:a.parquet 2 null_item item -",
                "events:a.parquet 3 null_time time -",
                "events:a.parquet 4 time_out_of_range time -5",
                "events:a.parquet 5 time_in_future time 1970-01-11T00:00:00Z",
                "events:a.parquet 6 time_in_future time 1970-01-09T00:00:01Z",
                "events:a.parquet 7 impossible_quantity quantity 0",
                "events:a.parquet 8 impossible_price price -2.5",
                "events:a.parquet 9 non_product item POST",
                "events:a.parquet 10 oversized_id item long-item-id",
                "events:a.parquet 11 oversized_id user -",
                "events:a.parquet 12 return_without_purchase item y",
                "events:a.parquet 13 null_item item ",
            },
            night.Quarantined());
        Assert.AreEqual(new RowCounts(14, 1, 0, 13), result.Report.Total);
        CollectionAssert.AreEqual(new[] { "u x 1 86400" }, IngestStep.Pairs(result));
    }

    [TestMethod]
    public void Exact_duplicates_count_once_and_repeat_purchases_are_summed()
    {
        using var night = new IngestStep();
        night.Log(
            "a.parquet",
            ("u", "x", 10, 3, 1, "1"),
            ("u", "x", 10, 3, 1, "1"),
            ("u", "x", 10, 1, 1, "1"),
            ("u", "x", 99, 3, 1, "2"));

        var result = night.Run();

        // log2(1 + 3) twice and log2(1 + 1) once.
        CollectionAssert.AreEqual(new[] { "u x 5 99" }, IngestStep.Pairs(result));
        Assert.AreEqual(new RowCounts(4, 3, 1, 0), result.Report.Total);
        Assert.AreEqual(1, result.Report.RowsByFate["merged_duplicate"]);
    }

    [TestMethod]
    public void Returns_net_out_earlier_purchases_and_never_later_ones()
    {
        using var night = new IngestStep(s => s.ReturnGroupPrefix = "C");
        night.Options.QuantityShape = WeightShape.Linear;
        night.Log(
            "a.parquet",
            ("u", "all", 10, 4, 1, "1"),
            ("u", "all", 20, -4, 1, "C1"),
            ("u", "part", 10, 4, 1, "1"),
            ("u", "part", 20, -1, 1, "C1"),
            ("u", "more", 10, 4, 1, "1"),
            ("u", "more", 20, -9, 1, "C1"),
            ("u", "more", 30, 2, 1, "2"),
            ("u", "adjusted", 10, 1, 1, "1"),
            ("u", "adjusted", 20, -1, 1, "7"));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "u adjusted 1 10", "u more 2 30", "u part 3 10" }, IngestStep.Pairs(result));
        Assert.AreEqual(new RowCounts(9, 3, 5, 1), result.Report.Total);
        Assert.AreEqual(5, result.Report.UnmatchedReturnedPieces);
        CollectionAssert.AreEqual(new[] { "events:a.parquet 8 impossible_quantity quantity -1" }, night.Quarantined());
    }

    [TestMethod]
    public void Weights_decay_from_the_newest_kept_event_by_half_lives()
    {
        using var night = new IngestStep();
        night.Options.HalfLifeDays = 2;
        night.Log("a.parquet", ("u", "x", 0, 1, 1, "1"), ("u", "y", 2 * Day, 1, 1, "1"), ("u", "z", 4 * Day, 1, 1, "1"), ("u", "w", 400 * Day, -1, 1, "1"));

        CollectionAssert.AreEqual(new[] { "u x 0.25 0", $"u y 0.5 {2 * Day}", $"u z 1 {4 * Day}" }, IngestStep.Pairs(night.Run()));
    }

    [TestMethod]
    public void Kinds_have_weights_and_ratings_a_threshold()
    {
        using var night = new IngestStep(s =>
        {
            s.Columns = new() { User = "user", Item = "item", Time = "at", Kind = "what", Value = "stars" };
            s.KindMap = new() { ["1"] = "view", ["2"] = "cart", ["3"] = "rating", ["4"] = "impression" };
            s.EpochUnit = Pipeline.Data.TimestampUnit.Milliseconds;
        });
        night.Options.KindWeights["view"] = 0.25;
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"),
            ("user", new[] { 1, 1, 1, 1, 1, 1, 1 }),
            ("item", new[] { 7, 7, 8, 9, 7, 7, 6 }),
            ("at", new[] { 1_000L, 2_999L, 3_000L, 4_000L, 5_000L, 6_000L, 7_000L }),
            ("what", new[] { 1, 2, 3, 3, 4, 5, 3 }),
            ("stars", new double?[] { null, null, 4, 3, null, null, null }));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "1 7 0.75 2", "1 8 1 3" }, IngestStep.Pairs(result));
        Assert.AreEqual(2, result.Report.KeptWithoutWeight);
        CollectionAssert.AreEquivalent(new[] { "events:a.parquet 5 unknown_kind what 5", "events:a.parquet 6 null_value stars -" }, night.Quarantined());
    }

    [TestMethod]
    public void A_user_who_browses_like_a_machine_is_quarantined_whole()
    {
        using var night = new IngestStep(s =>
        {
            s.Columns = new() { User = "user", Item = "item", Time = "time" };
            s.DefaultKind = "view";
        });
        night.Options.Bots.MaxPerMinute = 5;
        night.Options.Bots.MinIntervals = 20;
        var rows = new List<(string, string, long)> { ("person", "i0", 3), ("person", "i1", 7_000) };
        for (int k = 0; k < 6; k++) rows.Add(("fast", $"i{k}", 600 + k));
        for (int k = 0; k < 25; k++) rows.Add(("timer", "i1", 1_000 + 300 * k));
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"),
            ("user", rows.Select(r => r.Item1).ToArray()), ("item", rows.Select(r => r.Item2).ToArray()), ("time", rows.Select(r => r.Item3).ToArray()));

        var result = night.Run();

        Assert.AreEqual(6, result.Report.RowsByFate["bot_rate"]);
        Assert.AreEqual(25, result.Report.RowsByFate["bot_regularity"]);
        Assert.AreEqual(1, result.Report.Users);
        Assert.IsTrue(result.Report.Total.Balanced);
    }

    [TestMethod]
    public void A_log_without_time_is_a_set_of_pairs_with_a_seeded_hold_out()
    {
        using var night = new IngestStep(s => s.Columns = new() { User = "user", Item = "item" });
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"),
            ("user", new[] { 1, 1, 1, 1, 2, 2, 3, 3 }),
            ("item", new[] { 1, 2, 3, 4, 1, 2, 1, 1 }));

        var result = night.Run();

        Assert.IsNull(result.Interactions.LastSeen);
        Assert.AreEqual(7, result.Report.Pairs);
        Assert.AreEqual(1, result.Report.RowsByFate["merged_duplicate"]);
        Assert.AreEqual("random per user", result.Report.HoldOut.Method);
        Assert.AreEqual(3, result.HoldOut.Test.Count, "2 of user 1's 4 pairs and 1 of user 2's 2");
        Assert.AreEqual(4, result.HoldOut.Train.Count);
    }

    [TestMethod]
    public void A_wrong_mapping_names_key_columns_and_nearest_name()
    {
        using var night = new IngestStep(s => s.Columns.Price = "prize");
        night.Log("a.parquet", ("u", "x", 1, 1, 1, "1"));

        var e = Assert.ThrowsExactly<ConfigurationException>(() => night.Run());

        StringAssert.Contains(e.Message, "Ingest:Events:0:Columns:Price is 'prize'");
        StringAssert.Contains(e.Message, "it has user, item, time, quantity, price, invoice; did you mean 'price'?");
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"), ("user", new[] { "u" }), ("item", new[] { "x" }), ("time", new long?[] { 1 }),
            ("quantity", new int?[] { 1 }), ("price", new[] { DateTime.UnixEpoch }), ("invoice", new[] { "1" }));
        night.Options.Events[0].Columns.Price = "price";
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message,
            "is Timestamp; expected Utf8 or Int32 or Int64 or Double: map another column");
    }

    [TestMethod]
    public void No_file_an_empty_log_and_a_log_of_bad_rows_are_told_apart()
    {
        using var night = new IngestStep();
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message, "match no Parquet file");
        night.Log("a.parquet");
        StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(() => night.Run()).Message, "the log is empty");
        night.Log("b.parquet", (null, "x", 1, 1, 1, "1"), ("u", "x", 1, 0, 1, "1"));
        StringAssert.Contains(
            Assert.ThrowsExactly<RunFailedException>(() => night.Run()).Message,
            "all 2 rows were quarantined or merged away: 1 impossible_quantity, 1 null_user");
        Assert.AreEqual(2, night.Quarantined().Length);
    }

    [TestMethod]
    public void Wrong_options_are_listed_with_their_keys()
    {
        using var night = new IngestStep();
        night.Options.HalfLifeDays = -1;
        night.Options.NonProducts.Add("(");
        night.Options.HoldOut.Cut = "yesterday";
        night.Options.KindWeights["buy"] = 1;
        night.Options.Events[0].DefaultKind = "bought";

        string message = Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message;

        foreach (string key in new[]
        {
            "Ingest:HalfLifeDays is -1", "Ingest:NonProducts is '('", "Ingest:HoldOut:Cut is 'yesterday'", "Ingest:KindWeights is 'buy'",
            "Ingest:Events:0:DefaultKind is 'bought'",
        })
        {
            StringAssert.Contains(message, key);
        }
    }

    [TestMethod]
    public void What_lies_in_the_folder_is_what_was_returned()
    {
        using var night = new IngestStep();
        night.Log("a.parquet", ("u", "x", 10, 1, 1, "1"), ("v", "y", 20, 1, 1, "2"), ("v", "x", 30, 1, 1, "3"), ("u", "y", 40, 2, 1, "4"));

        var result = night.Run();

        CollectionAssert.AreEqual(result.Interactions.ByUser.Values, IngestArtifacts.ReadInteractions(night.LastOutput).ByUser.Values);
        CollectionAssert.AreEqual(result.HoldOut.Test.Indices, IngestArtifacts.ReadHoldOut(night.LastOutput).Test.Indices);
        CollectionAssert.AreEqual(result.HoldOut.TestSeen, IngestArtifacts.ReadHoldOut(night.LastOutput).TestSeen);
        Assert.AreEqual(result.Validation.Cut, IngestArtifacts.ReadValidation(night.LastOutput).Cut);
        CollectionAssert.AreEqual(result.Catalog.Prices, IngestArtifacts.ReadCatalog(night.LastOutput).Prices);
        Assert.AreEqual("v", IngestArtifacts.ReadUsers(night.LastOutput).Text(1));
        var report = IngestArtifacts.ReadReport(night.LastOutput);
        Assert.AreEqual(result.Report.Total, report.Total);
        Assert.AreEqual(result.Report.Constraints.Count, report.Constraints.Count);
        foreach (string file in IngestArtifacts.Always) Assert.IsTrue(File.Exists(Path.Combine(night.LastOutput, file)), file);
    }

    [TestMethod]
    public void The_number_of_threads_changes_no_byte()
    {
        using var night = new IngestStep(s => s.ReturnGroupPrefix = "C");
        night.Options.HalfLifeDays = 3;
        night.Log("a.parquet", RandomLog.Rows(3_000, seed: 5, users: 2_500));

        night.Run(threads: 1);
        string one = night.LastOutput;
        night.Run(threads: 4);

        foreach (string file in IngestArtifacts.Always)
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(one, file)), File.ReadAllBytes(Path.Combine(night.LastOutput, file)), file);
    }
}
