using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class PairFilesTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-pairs-").FullName;
    private readonly FakeParquet _parquet = new(2);

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Numbers_and_strings_of_the_same_digits_are_one_id()
    {
        string train = _parquet.Add(At("train.parquet"), ("user_id", new[] { 7, 7, 20_000_000 }), ("item_id", new[] { 1L, 2L, -3L }));
        string test = _parquet.Add(At("test.parquet"), ("user_id", new[] { "7", "20000000" }), ("item_id", new[] { "-3", "1" }));

        var split = PairFiles.Load(_parquet, train, test);

        Assert.AreEqual(2, split.Users.Count);
        Assert.AreEqual(3, split.Items.Count);
        Assert.AreEqual("-3", split.Items.Text(2));
        CollectionAssert.AreEqual(new[] { 0, 2, 3 }, split.Train.ByUser.Pointers);
        CollectionAssert.AreEqual(new[] { 2, 0 }, split.Test.Indices);
    }

    [TestMethod]
    public void Users_and_items_of_test_alone_are_cold_rows_of_the_same_space()
    {
        string train = _parquet.Add(At("train.parquet"), ("user_id", new[] { "a" }), ("item_id", new[] { "x" }));
        string test = _parquet.Add(At("test.parquet"), ("user_id", new[] { "b" }), ("item_id", new[] { "y" }));

        var split = PairFiles.Load(_parquet, train, test);

        Assert.AreEqual(2, split.Train.Users);
        Assert.AreEqual(2, split.Train.Items);
        Assert.AreEqual(0, split.Train.ByUser.RowLength(1));
        Assert.AreEqual(1, split.Test.RowIndices(1)[0]);
    }

    [TestMethod]
    public void A_time_column_with_gaps_is_left_alone_unless_it_was_asked_for()
    {
        string train = _parquet.Add(
            At("train.parquet"),
            ("user_id", new[] { "a", "a" }),
            ("item_id", new[] { "x", "y" }),
            ("time", new long?[] { 5, null }));

        Assert.IsNull(PairFiles.Load(_parquet, train, train).Train.LastSeen);
        var e = Assert.ThrowsExactly<RunFailedException>(() => PairFiles.Load(_parquet, train, train, new PairColumns(Order: "time")));
        StringAssert.Contains(e.Message, "row 1: 'time' is not a time or position");
    }

    [TestMethod]
    public void Order_and_weight_columns_give_last_seen_and_sums()
    {
        string train = _parquet.Add(
            At("train.parquet"),
            ("user_id", new[] { "a", "a", "a" }),
            ("item_id", new[] { "x", "y", "x" }),
            ("position", new[] { 3, 1, 2 }),
            ("weight", new[] { 1.0, 2.0, 0.5 }));

        var split = PairFiles.Load(_parquet, train, train);

        CollectionAssert.AreEqual(new[] { 1.5f, 2f }, split.Train.ByUser.Values);
        CollectionAssert.AreEqual(new[] { 3u, 1u }, split.Train.LastSeen);
        Assert.AreEqual(3, split.TrainRows);
    }

    [TestMethod]
    public void A_missing_column_is_named_with_the_nearest_one()
    {
        string train = _parquet.Add(At("train.parquet"), ("users_id", new[] { "a" }), ("item_id", new[] { "x" }));

        var e = Assert.ThrowsExactly<ConfigurationException>(() => PairFiles.Load(_parquet, train, train));

        StringAssert.Contains(e.Message, "did you mean 'users_id'?");
        StringAssert.Contains(e.Message, "it has users_id, item_id");
    }

    [TestMethod]
    public void A_row_without_a_user_or_an_empty_or_absent_file_is_an_error_with_place()
    {
        string hole = _parquet.Add(At("hole.parquet"), ("user_id", new[] { "a", "b", null }), ("item_id", new[] { "x", "x", "x" }));
        string empty = _parquet.Add(At("empty.parquet"), ("user_id", Array.Empty<string>()), ("item_id", Array.Empty<string>()));

        StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(() => PairFiles.Load(_parquet, hole, hole)).Message, "row 2 is not a pair (null_user)");
        StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(() => PairFiles.Load(_parquet, empty, empty)).Message, "no rows");
        StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(() => PairFiles.Load(_parquet, At("no"), At("no"))).Message, "matches no Parquet file");
    }

    private string At(string name) => Path.Combine(_folder, name);
}
