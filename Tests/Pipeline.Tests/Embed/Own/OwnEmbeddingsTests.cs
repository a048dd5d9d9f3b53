using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Own;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Vectors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Embed.Own;

[TestClass]
internal sealed class OwnEmbeddingsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-own-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Rows_go_where_their_items_are_and_the_rest_is_zeros()
    {
        var view = Read("['c', [0, 3, 4]], ['stranger', [1, 1, 1]], ['a', [2, 0, 0]], ['d', null], ['e', [0, 0, 0]]");

        Assert.AreEqual("image", view.Name);
        Assert.AreEqual(3, view.Embeddings.Dimension);
        CollectionAssert.AreEqual(new[] { 1f, 0, 0 }, Row(view, 0));
        CollectionAssert.AreEqual(new[] { 0f, 0, 0 }, Row(view, 1), "b is in no row");
        CollectionAssert.AreEqual(new[] { 0f, 0.6f, 0.8f }, Row(view, 2));
        CollectionAssert.AreEqual(new[] { 0f, 0, 0 }, Row(view, 3), "d has no vector");
        CollectionAssert.AreEqual(new[] { 0f, 0, 0 }, Row(view, 4));
    }

    [TestMethod]
    public void A_group_of_columns_is_a_vector_and_ids_may_be_numbers()
    {
        var items = new IdMap();
        items.Add("7"u8);
        items.Add("12"u8);

        var view = Read("[12, 3, 4], [7, null, null]", "id:int, x:double, y:int", new OwnOptions { Name = "price", Id = "id", Columns = ["y", "x"] }, items);

        CollectionAssert.AreEqual(new[] { 0f, 0 }, Row(view, 0));
        CollectionAssert.AreEqual(new[] { 0.8f, 0.6f }, Row(view, 1));
    }

    [TestMethod]
    [DataRow("double", "12", "12")]
    [DataRow("ulong", "18446744073709551615", "18446744073709551615")]
    [DataRow("text", "'12'", "12")]
    public void Ids_and_numbers_are_read_as_the_logs_are(string type, string written, string id)
    {
        var items = new IdMap();
        items.Add(id);

        var view = Read($"[{written}, '3', '4,0']", $"id:{type}, x:text, y:text", new OwnOptions { Name = "price", Id = "id", Columns = ["x", "y"] }, items);

        CollectionAssert.AreEqual(new[] { 0.6f, 0.8f }, Row(view, 0));
    }

    [TestMethod]
    [DataRow("['a', [1, 2]], ['b', [1, 2, 3]]", "row 1: the vector of 'b' has 3 values; expected 2")]
    [DataRow("['a', [1, 2]], ['b', [1, null]]", "row 1: value 1 of the vector of 'b' is null or NaN")]
    [DataRow("['a', [1, 2]], ['b', ['Infinity', 2]]", "row 1: value 0 of the vector of 'b' is null or")]
    [DataRow("['a', [1, 2]], ['a', [1, 2]]", "row 1: 'id' is 'a', which an earlier row has too")]
    [DataRow("['x', [1, 2]], ['x', [1, 2]]", "row 1: 'id' is 'x', which an earlier row has too")]
    [DataRow("['a', [1, 2]], [null, [1, 2]]", "row 1: 'id' is empty")]
    [DataRow("['a', []]", "row 0: the vector of 'a' has 0 values")]
    public void A_row_that_cannot_be_used_is_named(string rows, string expected)
    {
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Read(rows));

        StringAssert.Contains(thrown.Message, expected);
        StringAssert.Contains(thrown.Message, "own.parquet");
    }

    [TestMethod]
    public void A_column_of_another_kind_is_named_with_its_key()
    {
        StringAssert.Contains(Wrong(new OwnOptions { Name = "i", Id = "id", Column = "vectr" }), "Embed:Own:0:Column is 'vectr', but");
        StringAssert.Contains(Wrong(new OwnOptions { Name = "i", Id = "id", Column = "vectr" }), "did you mean 'vector'?");
        StringAssert.Contains(Wrong(new OwnOptions { Name = "i", Id = "id", Column = "n" }), "expected a list of numbers");
        StringAssert.Contains(Wrong(new OwnOptions { Name = "i", Id = "vector", Column = "vector" }), "Embed:Own:0:Id is 'vector'");
        StringAssert.Contains(Wrong(new OwnOptions { Name = "i", Id = "id", Columns = ["n", "vector"] }), "Embed:Own:0:Columns:1 is 'vector'");
        StringAssert.Contains(
            Assert.ThrowsExactly<RunFailedException>(
                () => Read("['a', 'x']", "id:text, word:text", new OwnOptions { Name = "i", Id = "id", Columns = ["word"] })).Message,
            "row 0: 'word' is 'x', which is no number");
    }

    [TestMethod]
    public void A_list_of_words_is_refused_by_the_reader()
    {
        var thrown = Assert.ThrowsExactly<ParquetFileException>(() => Read("['a', ['x']]", "id:text, v:text[]"));

        StringAssert.Contains(thrown.Message, "column 'v' cannot be read");
    }

    [TestMethod]
    public void The_columns_of_a_group_are_found_once_a_batch()
    {
        const int Width = 256, Count = 64;
        string[] names = [.. Enumerable.Range(0, Width).Select(k => $"v{k}")];
        var batch = new ColumnBatch(
            "own.parquet", 0, Count,
            [.. names.Select((name, k) => new ValueColumn<double>(new ColumnField(name, ColumnType.Double), Count, [.. Enumerable.Repeat((double)k, Count)]))]);
        var rows = new VectorRows(new VectorColumns("Id", "id", "Column", null, "Columns", names), stripDecimalZero: false);
        CollectionAssert.AreEqual(Enumerable.Range(0, Width).Select(k => (float)k).ToArray(), rows.Vector(batch, 0, "a").ToArray());

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int row = 1; row < Count; row++) Assert.AreEqual(Width, rows.Vector(batch, row, "a").Length);

        Assert.IsLessThan((long)Width * Count, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Options_say_what_is_missing()
    {
        var check = new OptionsCheck("Embed:Own:0");
        new OwnOptions { Name = "text", Column = "v", Columns = ["x"] }.Validate(check);

        CollectionAssert.AreEqual(
            new[] { "Name", "Path", "Id", "Column" },
            check.Faults.Select(f => f["Embed:Own:0:".Length..f.IndexOf(" is ", StringComparison.Ordinal)]).ToArray());
    }

    private static float[] Row(ItemView view, int item) => view.Embeddings.Vectors.Row(item).ToArray();

    private string Wrong(OwnOptions options) =>
        Assert.ThrowsExactly<ConfigurationException>(() => Read("['a', [1.0], 'x', 1]", "id:text, vector:double[], word:text, n:int", options)).Message;

    private ItemView Read(string rows, string columns = "id:text, v:double[]", OwnOptions? options = null, IdMap? items = null)
    {
        options ??= new OwnOptions { Name = "image", Id = "id", Column = "v" };
        options.Path = ForeignFiles.Write(Path.Combine(_folder, "own.parquet"), columns, rows);
        if (items is null)
        {
            items = new IdMap();
            foreach (char c in "abcde") items.Add([(byte)c]);
        }
        return OwnEmbeddings.Read(options, "Embed:Own:0", items, ParquetFiles.Reader(), StageContext.Quiet());
    }
}
