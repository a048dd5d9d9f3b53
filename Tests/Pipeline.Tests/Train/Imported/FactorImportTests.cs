using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed;
using Recsys.Batch.Pipeline.Tests.Parquet;
using Recsys.Batch.Pipeline.Tests.Runs;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Pipeline.Tests.Train.Imported;

[TestClass]
internal sealed class FactorImportTests : IDisposable
{
    private const string Users = "[1, [1, 0]], [2, [0, 1]], [77, [5, 5]]";
    private const string Items = "['a', [2, 1]], ['b', [1, 2]], ['d', [0, 3]]";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Rows_go_to_the_logs_ids_in_whatever_order_and_the_rest_is_counted()
    {
        var heard = new Heard();
        var factors = Import(Options(Users, Items), context: StageContext.Quiet() with { Progress = heard });

        CollectionAssert.AreEqual(new[] { 1f, 0 }, factors.Users.Rows.Row(0).ToArray());
        CollectionAssert.AreEqual(new[] { 0f, 1 }, factors.Users.Rows.Row(1).ToArray());
        CollectionAssert.AreEqual(new[] { true, true, false }, factors.Users.Known);
        CollectionAssert.AreEqual(new[] { 2f, 1 }, factors.Items.Rows.Row(0).ToArray());
        CollectionAssert.AreEqual(new[] { true, true, false, true }, factors.Items.Known);
        Assert.AreEqual(2, heard.Metrics["train.imported.users.matched"]);
        Assert.AreEqual(1, heard.Metrics["train.imported.users.unmatched"]);
        Assert.AreEqual(1, heard.Metrics["train.imported.users.unknown"]);
        Assert.AreEqual(2, heard.Metrics["train.imported.items.matched"], "d has factors and no history");
        Assert.AreEqual(1, heard.Metrics["train.imported.items.unmatched"]);
    }

    [TestMethod]
    public void Lists_of_doubles_and_a_column_a_factor_are_the_same_factors()
    {
        var lists = Import(Options(Users, Items, "double"));
        var options = Options("[1, 1.0, 0], [2, 0.0, 1], [77, 5.0, 5]", "['a', 2.0, 1], ['b', 1.0, 2], ['d', 0.0, 3]", null);
        options.FactorsColumns = ["f0", "f1"];
        var columns = Import(options);

        CollectionAssert.AreEqual(Import(Options(Users, Items)).Items.Rows.Values, lists.Items.Rows.Values);
        CollectionAssert.AreEqual(lists.Users.Rows.Values, columns.Users.Rows.Values);
        CollectionAssert.AreEqual(lists.Items.Rows.Values, columns.Items.Rows.Values);
    }

    [TestMethod]
    [DataRow("[1, [1, 0]], [2, [0, 1, 2]]", Items, "users.parquet: row 1: the vector of '9' has 3 values; expected 2")]
    [DataRow("[1, [1, 0]], [2, [0, 'NaN']]", Items, "users.parquet: row 1: value 1 of the vector of '9' is null or NaN")]
    [DataRow("[1, [1, 0]], [2, [0, null]]", Items, "users.parquet: row 1: value 1 of the vector of '9' is null or NaN")]
    [DataRow("[1, [1, 0]], [2, null]", Items, "users.parquet: row 1: the factors of '9' are null; expected 2 numbers, or no row")]
    [DataRow("[1, [1, 0]], [null, [0, 1]]", Items, "users.parquet: row 1: 'id' is empty")]
    [DataRow("[1, [1, 0]], [1, [0, 1]]", Items, "users.parquet: row 1: 'id' is '9', which an earlier row has too")]
    [DataRow("[88, [1, 0]], [88, [0, 1]]", Items, "users.parquet: row 1: 'id' is '99', which an earlier row has too")]
    [DataRow(Users, "['a', [2, 1]], ['a', [1, 2]]", "items.parquet: row 1: 'id' is 'a', which an earlier row has too")]
    [DataRow(Users, "['a', [2, 1, 0]], ['b', [1, 2, 0]]", "UserFactors has 2 factors a row")]
    public void What_cannot_be_used_is_named_with_file_and_row_and_no_users_id(string users, string items, string expected)
    {
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Import(Options(users, items)));

        StringAssert.Contains(thrown.Message, expected);
    }

    [TestMethod]
    public void Ids_that_are_not_the_logs_are_told_by_example_those_of_users_by_shape()
    {
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Import(Options("['u-831', [1, 0]], ['u-9', [0, 1]]", Items)));
        StringAssert.Contains(thrown.Message, "Train:Imported:UserFactors has factors of 0 of the 3 users with history");
        StringAssert.Contains(thrown.Message, "column 'id' does not hold the ids of the log; ids there are shaped like 'a-999', in the log '9'");
        Assert.IsFalse(thrown.Message.Contains("831", StringComparison.Ordinal));

        thrown = Assert.ThrowsExactly<RunFailedException>(() => Import(Options(Users, "[0, [2, 1]], [1, [1, 2]]")));
        StringAssert.Contains(thrown.Message, "Train:Imported:ItemFactors has factors of 0 of the 3 items with history");
        StringAssert.Contains(thrown.Message, "an id there is '0', in the log 'a'");
    }

    [TestMethod]
    public void A_truncated_file_and_a_column_that_is_not_there_are_typed_errors()
    {
        var options = Options(Users, Items);
        options.UserColumn = "user";
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => Import(options)).Message, "Train:Imported:UserColumn is 'user', but");

        options = Options(Users, Items);
        options.FactorsColumn = "feature";
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => Import(options)).Message, "did you mean 'features'?");

        options = Options(Users, Items);
        byte[] whole = File.ReadAllBytes(options.ItemFactors);
        File.WriteAllBytes(options.ItemFactors, whole[..(whole.Length / 2)]);
        StringAssert.Contains(Assert.ThrowsExactly<ParquetFileException>(() => Import(options)).Message, "items.parquet");

        options.ItemFactors = _folder.File("nothing-*.parquet");
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => Import(options)).Message, "matches no Parquet file");
    }

    [TestMethod]
    public void Factors_of_the_hold_out_that_are_the_serving_models_are_refused()
    {
        var options = Options(Users, Items);
        File.Copy(options.UserFactors, options.HoldOut.UserFactors = _folder.File("users-before.parquet"));
        File.Copy(options.ItemFactors, options.HoldOut.ItemFactors = _folder.File("items-before.parquet"));

        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => FactorImport.Fingerprints(options, ParquetFiles.Reader()));

        StringAssert.Contains(thrown.Message, "the same bytes");
    }

    [TestMethod]
    public void Options_say_what_is_missing()
    {
        var check = new OptionsCheck("Train:Imported");
        new ImportedOptions { HoldOut = { UserFactors = "u" }, Regularization = 0, MinMatched = 2, FactorsColumns = ["x", "x"] }.Validate(check);

        CollectionAssert.AreEqual(
            new[] { "UserFactors", "ItemFactors", "FactorsColumns", "MinMatched", "HoldOut:ItemFactors", "Regularization" },
            check.Faults.Select(f => f["Train:Imported:".Length..f.IndexOf(" is ", StringComparison.Ordinal)]).ToArray());
    }

    private ImportedOptions Options(string users, string items, string? list = "float")
    {
        string Columns(string rows) =>
            $"id:{(rows.Contains("['", StringComparison.Ordinal) ? "text" : "int")}, {(list is null ? "f0:double, f1:int" : $"features:{list}[]")}";
        return new ImportedOptions
        {
            UserFactors = ForeignFiles.Write(_folder.File("users.parquet"), Columns(users), users),
            ItemFactors = ForeignFiles.Write(_folder.File("items.parquet"), Columns(items), items),
        };
    }

    /// <summary>Users 1, 2 and 3 have the items a, b and c; d is in the catalog alone.</summary>
    private static ImportedFactors Import(ImportedOptions options, StageContext? context = null)
    {
        var log = new InteractionMatrix(new SparseRows(3, 4, [0, 1, 2, 4], [0, 1, 0, 2], [1, 1, 1, 1]), null);
        return new FactorImport(options, Ids("1", "2", "3"), Ids("a", "b", "c", "d"), ParquetFiles.Reader()).Serving(log, context ?? StageContext.Quiet());
    }

    private static IdMap Ids(params string[] ids)
    {
        var map = new IdMap();
        foreach (string id in ids) map.Add(Encoding.UTF8.GetBytes(id));
        return map;
    }
}
