using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary>A night is not stopped by how a shop happens to write its logs, and is where its lists would be wrong.</summary>
[TestClass]
internal sealed class HabitsTests
{
    [TestMethod]
    public void Nulls_of_purchase_columns_are_judged_on_purchases()
    {
        using var night = new IngestStep(s => s.Columns.Kind = "kind");
        night.Options.Quality = new() { Users = new(), Items = new() };
        string[] kinds = [.. Enumerable.Range(0, 20).Select(i => i == 0 ? "purchase" : "view")];
        Log(night, "a.parquet", 20, ("kind", kinds), ("quantity", kinds.Select(k => k == "view" ? null : (int?)1).ToArray()),
            ("price", kinds.Select(k => k == "view" ? null : (double?)2).ToArray()), ("invoice", kinds.Select(k => k == "view" ? null : "1").ToArray()));

        var results = night.Run().Report.Constraints;

        foreach (string column in new[] { "quantity", "price", "group" }) Assert.AreEqual(0, Of(results, "data.null_share." + column).Value, column);
        StringAssert.Contains(Of(results, "data.null_share.price").Message, "of purchases and returns");
    }

    [TestMethod]
    public void Nulls_of_prices_on_purchases_still_fail_and_name_the_way_out()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 10, ("price", new double?[10]));

        var found = Of(night.Run().Report.Constraints, "data.null_share.price");

        Assert.AreEqual(ConstraintLevel.Fail, found.Level);
        StringAssert.Contains(found.Message, "Ingest:Quality:NullShareOf:Price");
    }

    [TestMethod]
    public void Orders_as_whole_doubles_integers_or_text_are_the_same_orders()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 4, ("invoice", new double?[] { 1001, 1002, null, double.NaN }));
        Log(night, "b.parquet", 4, ("invoice", new[] { "1001", "1002", null, null }));
        Log(night, "c.parquet", 4, ("invoice", new long?[] { 1001, 1002, null, null }));

        var report = night.Run().Report;

        Assert.AreEqual((4L, 8L), (report.Total.Kept, report.Total.Merged));
        Assert.AreEqual(2, Of(report.Constraints, "data.files.repeated").Value);
        Assert.AreEqual(0, Of(report.Constraints, "data.duplicate_share").Value);
    }

    [TestMethod]
    public void Column_without_a_value_is_null_whatever_its_type()
    {
        using var night = new IngestStep(s => s.Columns.Text = "title");
        night.Options.Quality.NullShare = new();
        Log(night, "a.parquet", 2, ("title", new[] { "One", "Two" }), ("invoice", new DateTime?[2]), ("price", new DateTime?[2]));
        Log(night, "b.parquet", 2, ("title", new double?[] { double.NaN, double.NaN }), ("quantity", new DateTime?[2]));

        Assert.AreEqual(0, night.Run().Report.Total.Quarantined);
    }

    [TestMethod]
    public void Column_that_an_older_file_lacks_is_null_there_unless_rows_need_it()
    {
        using var night = new IngestStep();
        night.Parquet.Add(Path.Combine(night.Logs, "old.parquet"), ("user", new[] { "u" }), ("item", new[] { "x" }), ("time", new long?[] { 5 }));
        Log(night, "new.parquet", 3);

        Assert.AreEqual(4, night.Run().Report.Total.Kept);

        night.Parquet.Add(Path.Combine(night.Logs, "worse.parquet"), ("user", new[] { "u" }), ("item", new[] { "x" }));
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message, "Ingest:Events:0:Columns:Time is 'time', but");
    }

    [TestMethod]
    public void Numbers_as_text_are_read_and_what_is_none_is_one_row_of_quarantine()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 4, ("price", new[] { "1,234.50", "2,5", "free", "NULL" }), ("quantity", new[] { "1", "2.0", "3", "-4" }));

        var report = night.Run().Report;

        Assert.AreEqual(2, report.Total.Kept);
        CollectionAssert.Contains(night.Quarantined(), "events:a.parquet 2 impossible_price price free");
    }

    [TestMethod]
    [DataRow("purchase", "purchase")]
    [DataRow(" Purchase ", "purchase")]
    [DataRow("WISHLIST", "cart")]
    [DataRow("Kauf", null)]
    public void Kind_map_of_one_extra_kind_keeps_the_standard_names(string raw, string? expected)
    {
        using var night = new IngestStep(s =>
        {
            s.Columns.Kind = "kind";
            s.KindMap["wishlist"] = "cart";
        });
        Log(night, "a.parquet", 2, ("kind", new[] { raw, "purchase" }));

        var report = night.Run().Report;

        Assert.AreEqual(expected is null ? 1 : 0, report.Total.Quarantined);
        if (expected is not null) Assert.IsTrue(report.KeptByKind.ContainsKey(expected));
    }

    [TestMethod]
    public void Rebuild_is_not_judged_by_the_volume_of_a_night()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 40);
        var history = new Dictionary<string, IReadOnlyList<double>> { [IngestStage.HistoryOf[0]] = [1, 1, 1] };
        night.Run(history: history);
        string state = night.LastState;
        night.Options.ChangedFiles = ChangedFilePolicy.Rebuild;
        night.Options.MaxPrice = 50;

        var results = night.Run(state, history).Report.Constraints;

        Assert.DoesNotContain(c => c.Level == ConstraintLevel.Fail, results);
        Assert.DoesNotContain(c => c.Name == IngestStage.HistoryOf[0], results, "the next nights are not compared with it");
    }

    [TestMethod]
    public void Renamed_file_is_neither_gone_nor_new_rows()
    {
        using var night = new IngestStep();
        string file = Log(night, "a.parquet", 40);
        night.Run();
        string state = night.LastState;
        night.Parquet.Remove(file);
        Log(night, "b.parquet", 40);

        var report = night.Run(state).Report;

        Assert.AreEqual((80L, 40L), (report.Total.Rows, report.Total.Kept));
        Assert.DoesNotContain(c => c.Level == ConstraintLevel.Fail, report.Constraints);
    }

    [TestMethod]
    public void Bad_row_of_the_item_table_is_quarantined_and_the_night_goes_on()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 4);
        Items(night, ("id", new[] { "i0", null, "i1" }), ("price", new[] { "1.5", "2", "x" }));

        var report = night.Run().Report;

        CollectionAssert.Contains(night.Quarantined(), "items:items.parquet 1 null_item id -");
        Assert.AreEqual(1 / 3.0, Of(report.Constraints, "data.items.unusable_share").Value, 1e-9);
    }

    [TestMethod]
    public void Stock_join_that_failed_is_refused_against_the_last_night()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 8);
        night.Options.Items = new() { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Stock = "stock" } };
        string[] ids = ["i0", "i1", "i2", "i3"];
        night.Parquet.Add(night.Options.Items.Path, ("id", ids), ("stock", new int?[] { 1, 1, 1, 1 }));
        var good = night.Run().Report.Constraints;
        night.Parquet.Add(night.Options.Items.Path, ("id", ids), ("stock", new int?[] { 1, null, null, null }));

        var bad = night.Run(history: IngestStage.HistoryOf.ToDictionary(
            name => name, IReadOnlyList<double> (name) => [.. good.Where(c => c.Name == name).Select(c => c.Value)])).Report.Constraints;

        Assert.AreEqual(ConstraintLevel.Fail, Of(bad, "data.available_against_history").Level);
        Assert.AreEqual(ConstraintLevel.Fail, Of(bad, "data.items.null_increase.stock").Level);
        StringAssert.Contains(Of(bad, "data.available_against_history").Message, "Ingest:Quality:AvailableAgainstHistory");
    }

    [TestMethod]
    public void Flags_that_say_neither_yes_nor_no_are_a_wrong_mapping()
    {
        using var night = new IngestStep();
        Log(night, "a.parquet", 4);
        night.Options.Items = new() { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Available = "flag" } };
        night.Parquet.Add(night.Options.Items.Path, ("id", new[] { "i0", "i1" }), ("flag", new[] { "red", "blue" }));

        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message, "'red', 'blue'");
    }

    [TestMethod]
    [DataRow(9.0, "data.ratings.liked_share", "Ingest:RatingThreshold")]
    [DataRow(0.5, "data.ratings.liked_share", "the highest is")]
    public void Ratings_of_another_scale_are_remarked_on(double rating, string name, string words)
    {
        using var night = new IngestStep(s =>
        {
            s.Columns.Value = "rating";
            s.DefaultKind = "rating";
        });
        Log(night, "a.parquet", 40, ("rating", Enumerable.Range(0, 40).Select(i => (double?)(i == 39 ? 5 : rating)).ToArray()));

        var found = Of(night.Run().Report.Constraints, name);

        Assert.AreEqual(ConstraintLevel.Warn, found.Level);
        StringAssert.Contains(found.Message, words);
    }

    [TestMethod]
    public void Ratings_that_count_as_purchases_are_remarked_on()
    {
        using var night = new IngestStep(s => s.Columns.Value = "rating");
        Log(night, "a.parquet", 4, ("rating", new double?[] { 1, 1, 1, 1 }));

        StringAssert.Contains(Of(night.Run().Report.Constraints, "data.ratings").Message, "DefaultKind to rating");
    }

    private static string Log(IngestStep night, string name, int rows, params (string Name, Array Values)[] columns)
    {
        var all = new List<(string Name, Array Values)>
        {
            ("user", Enumerable.Range(0, rows).Select(i => $"u{i % 3}").ToArray()), ("item", Enumerable.Range(0, rows).Select(i => $"i{i % 4}").ToArray()),
            ("time", Enumerable.Range(0, rows).Select(i => (long?)(1000 + 4000 * i)).ToArray()),
        };
        all.AddRange(columns);
        foreach (var (usual, values) in new (string, Array)[]
        {
            ("quantity", Enumerable.Repeat((int?)1, rows).ToArray()), ("price", Enumerable.Repeat((double?)2, rows).ToArray()),
            ("invoice", Enumerable.Repeat("1", rows).ToArray()),
        })
        {
            if (all.TrueForAll(c => c.Name != usual)) all.Add((usual, values));
        }
        return night.Parquet.Add(Path.Combine(night.Logs, name), [.. all]);
    }

    private static void Items(IngestStep night, params (string Name, Array Values)[] columns)
    {
        night.Options.Items = new() { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Price = "price" } };
        night.Parquet.Add(night.Options.Items.Path, columns);
    }

    private static ConstraintResult Of(IReadOnlyList<ConstraintResult> results, string name) => results.Single(r => r.Name == name);
}
