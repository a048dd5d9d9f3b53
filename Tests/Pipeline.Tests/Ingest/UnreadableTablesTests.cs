using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Parquet;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class UnreadableTablesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public UnreadableTablesTests()
    {
        foreach (string folder in new[] { "log", "items", "users" }) Directory.CreateDirectory(_folder.File(folder));
        Write("log/a", "user:text, item:text, time:long", "['u', 'a', 1700000000], ['v', 'b', 1700000100], ['u', 'b', 1700000200]");
        Write("items/a", "id:text, title:text, price:double", "['a', 'Lamp', 3]");
        Write("items/b", "id:text, title:text, price:double", "['b', 'Cup', 2.36]");
        Write("users/a", "id:text, segment:text", "['u', 'old'], ['v', 'young']");
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("items/b")]
    [DataRow("users/b")]
    [DataRow("log/b")]
    public void A_file_of_another_schema_is_skipped_and_counted(string file)
    {
        Write(file, "warehouse:text, pallets:int", "['north', 3]");
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => Night(UnreadableFilePolicy.Fail)).Message, "has no such column");

        var report = Night(UnreadableFilePolicy.Skip).Report;

        StringAssert.Contains(report.Unreadable.Concat(report.UnreadableTables).Single(), Path.GetFileName(file) + ".parquet");
        Assert.AreEqual(2, report.Users);
    }

    [TestMethod]
    public void A_mapping_that_no_file_has_stays_a_wrong_configuration()
    {
        File.Delete(_folder.File("log", "a.parquet"));
        Write("log/b", "warehouse:text, pallets:int", "['north', 3]");
        Assert.ThrowsExactly<ConfigurationException>(() => Night(UnreadableFilePolicy.Skip));
    }

    [TestMethod]
    public void A_renamed_column_of_one_log_is_not_left_out_night_after_night()
    {
        Night(UnreadableFilePolicy.Skip);
        string state = Path.Combine(_folder.File("night-0"), IngestArtifacts.State);
        Write("log/b", "warehouse:text, pallets:int", "['north', 3]");
        Assert.AreEqual(1, Night(UnreadableFilePolicy.Skip, state).Report.Unreadable.Count, "a file of another schema, alone");

        Write("log/c", "customer:text, item:text, time:long", "['w', 'a', 1700000300]");
        var e = Assert.ThrowsExactly<ConfigurationException>(() => Night(UnreadableFilePolicy.Skip, state));
        StringAssert.Contains(e.Message, "Ingest:Events:0:Columns:User is 'user'");
        StringAssert.Contains(e.Message, "move a file of another schema elsewhere");

        Write("log/d", "user:text, item:text, time:long", "['w', 'a', 1700000300]");
        Assert.AreEqual(2, Night(UnreadableFilePolicy.Skip, state).Report.Unreadable.Count);
    }

    [TestMethod]
    public void A_wrong_mapping_of_a_second_log_is_a_wrong_configuration()
    {
        Directory.CreateDirectory(_folder.File("sales"));
        Write("sales/a", "client:text, item:text, time:long", "['w', 'a', 1700000300]");

        var e = Assert.ThrowsExactly<ConfigurationException>(() => Night(UnreadableFilePolicy.Skip, logs: ["log", "sales"]));

        StringAssert.Contains(e.Message, "Ingest:Events:1:Columns:User");
    }

    [TestMethod]
    public void Half_of_an_item_table_is_left_out_and_the_rest_counts()
    {
        Halve("items/b");
        Assert.ThrowsExactly<ParquetFileException>(() => Night(UnreadableFilePolicy.Fail));

        var night = Night(UnreadableFilePolicy.Skip);

        Assert.AreEqual(("Lamp", null), (night.Catalog.Titles[night.Items.Find("a")], night.Catalog.Titles[night.Items.Find("b")]));
        var check = night.Report.Constraints.Single(c => c.Name == "data.tables.unreadable");
        Assert.AreEqual((1, ConstraintLevel.Warn), (check.Value, check.Level));
        StringAssert.Contains(check.Message, "b.parquet");
    }

    [TestMethod]
    public void Tables_that_cannot_be_read_at_all_are_those_of_the_last_night()
    {
        Halve("items/a");
        Halve("items/b");
        Assert.ThrowsExactly<ParquetFileException>(() => Night(UnreadableFilePolicy.Skip), "there is no night before");
        Write("items/a", "id:text, title:text, price:double", "['a', 'Lamp', 3]");
        Write("items/b", "id:text, title:text, price:double", "['b', 'Cup', 2.36]");
        var first = Night(UnreadableFilePolicy.Skip);
        Halve("items/a");
        Halve("items/b");
        Halve("users/a");
        Write("log/b", "user:text, item:text, time:long", "['w', 'a', 1700000300]");

        var second = Night(UnreadableFilePolicy.Skip, Path.Combine(_folder.File("night-0"), IngestArtifacts.State));

        CollectionAssert.AreEqual(first.Catalog.Titles, second.Catalog.Titles);
        CollectionAssert.AreEqual(first.Catalog.Prices, second.Catalog.Prices);
        CollectionAssert.AreEqual(first.Catalog.Available, second.Catalog.Available);
        CollectionAssert.AreEqual(new[] { "old", "young", null }, second.Segments);
        Assert.AreEqual(3, second.Report.UnreadableTables.Count);
        Assert.IsFalse(second.Report.Constraints.Any(c => c.Level == ConstraintLevel.Fail));
    }

    [TestMethod]
    [DataRow("items/a", "items/b")]
    [DataRow("users/a", null)]
    public void A_table_whose_column_was_renamed_has_no_stand_in(string first, string? second)
    {
        Night(UnreadableFilePolicy.Skip);
        foreach (string? file in new[] { first, second })
            if (file is not null) Write(file, "code:text, title:text, price:double, segment:text", "['a', 'Lamp', 3, 'old']");

        var e = Assert.ThrowsExactly<ConfigurationException>(
            () => Night(UnreadableFilePolicy.Skip, Path.Combine(_folder.File("night-0"), IngestArtifacts.State)));

        StringAssert.Contains(e.Message, "has no such column");
    }

    private void Write(string name, string columns, string rows) => ForeignFiles.Write(_folder.File($"{name}.parquet"), columns, rows);

    private void Halve(string name)
    {
        string file = _folder.File($"{name}.parquet");
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^40]);
    }

    private IngestResult Night(UnreadableFilePolicy policy, string? previous = null, params string[] logs)
    {
        var options = new IngestOptions
        {
            UnreadableFiles = policy,
            Items = new() { Path = _folder.File("items"), Columns = new() { Id = "id", Title = "title", Price = "price" } },
            Users = new() { Path = _folder.File("users"), Id = "id", Segment = "segment" },
        };
        foreach (string log in logs is [] ? ["log"] : logs)
            options.Events.Add(new() { Name = log, Path = _folder.File(log), Columns = new() { User = "user", Item = "item", Time = "time" } });
        return new IngestStage(ParquetFiles.Reader(), ParquetFiles.Writer()).Run(
            new IngestInputs(previous), options, _folder.File(previous is null ? "night-0" : "night-1"), StageContext.Quiet(1));
    }
}
