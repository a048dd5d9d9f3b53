using Recsys.Batch.Jobs.Cli.Evaluation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Cli;

[TestClass]
internal sealed class ItemFileTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-items-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Types_are_those_that_ingest_reads()
    {
        var items = new IdMap();
        items.Add("7"u8);

        var catalog = Read(items, new ValueColumn<double>(new("item_id", ColumnType.Double), 2, [8, 7]),
            new ValueColumn<bool>(new("category", ColumnType.Boolean), 2, [true, false]),
            new ValueColumn<double>(new("title", ColumnType.Double), 2, [1984, 2.5]))
            .Catalog(2);

        Assert.AreEqual("8", items.Text(1));
        CollectionAssert.AreEqual(new[] { "false", "true" }, catalog.Categories);
        CollectionAssert.AreEqual(new[] { "2.5", "1984" }, catalog.Titles);
    }

    [TestMethod]
    public void An_id_that_cannot_be_one_is_refused_with_what_is_expected() => StringAssert.Contains(
        Assert.ThrowsExactly<ConfigurationException>(() => Read(new IdMap(), new ValueColumn<bool>(new("item_id", ColumnType.Boolean), 1, [true]))).Message,
        "which in");

    private ItemFile Read(IdMap items, params Column[] columns)
    {
        string file = Path.Combine(_folder, "items.parquet");
        using (var to = ParquetFiles.Writer().Create(file, [.. columns.Select(c => c.Field)]))
        {
            to.Append(columns, columns[0].Count);
            to.Complete();
        }
        return ItemFile.Read(ParquetFiles.Reader(), file, new EvalColumns(), items, CancellationToken.None);
    }
}
