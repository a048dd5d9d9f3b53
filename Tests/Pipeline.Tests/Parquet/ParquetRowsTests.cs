using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

[TestClass]
internal sealed class ParquetRowsTests
{
    private static readonly ColumnField[] Columns =
    [
        new("name", ColumnType.Utf8, Nullable: false), new("rank", ColumnType.Int32, Nullable: false), new("id", ColumnType.Int64, Nullable: false),
        new("share", ColumnType.Double, Nullable: false),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-rows-").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(100)]
    public void Rows_come_back_whatever_the_portions(int rowsAtOnce)
    {
        string file = Path.Combine(_folder, "rows.parquet");
        using (var rows = Rows(file, rowsAtOnce))
        {
            for (int k = 0; k < 10; k++) rows.Put($"n{k}").Put(k).Put(k * 3_000_000_000L).Put(k / 4.0);
            rows.Complete();
        }

        object?[] Values(string column) =>
            [.. ParquetFiles.Reader().Read(file, [column], CancellationToken.None).SelectMany(batch => ColumnsOf.Boxed(batch.Find(column)!).ToList())];
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).Select(k => $"n{k}").ToArray(), Values("name"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), Values("rank"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).Select(k => k * 3_000_000_000L).ToArray(), Values("id"));
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).Select(k => k / 4.0).ToArray(), Values("share"));
    }

    [TestMethod]
    public void Without_a_row_there_is_a_file_only_where_it_is_asked_for()
    {
        foreach (bool evenEmpty in (bool[])[false, true])
        {
            string file = Path.Combine(_folder, $"{evenEmpty}.parquet");
            using (var rows = Rows(file, 10)) rows.Complete(evenEmpty);

            Assert.AreEqual(evenEmpty, File.Exists(file));
        }
    }

    [TestMethod]
    public void A_number_that_is_none_names_its_column()
    {
        using var rows = Rows(Path.Combine(_folder, "bad.parquet"), 10);

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => rows.Put("a").Put(1).Put(2L).Put(double.NaN));
        StringAssert.Contains(error.Message, "lists.share is not finite");
    }

    private static ParquetRows Rows(string file, int rowsAtOnce) => new("lists", Columns, () => ParquetFiles.Writer().Create(file, Columns), rowsAtOnce);
}
