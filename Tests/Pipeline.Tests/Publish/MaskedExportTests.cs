using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
internal sealed class MaskedExportTests
{
    [TestMethod]
    public void A_table_that_is_read_in_many_passes_is_the_one_of_a_single_pass()
    {
        using var folder = new TempFolder();
        string version;
        using (var output = OutputFolder.OpenForWriting(new PublishOptions { Path = folder.File("out") }, new FixedTime()))
        {
            var options = new PublishOptions { Path = folder.File("out"), RowsPerFile = 1_000 };
            new PublishStage(output, ParquetFiles.Writer(), options).Run(SampleLists.Night(1, users: 500, size: 5, items: 100), StageContext.Quiet(1));
            version = output.FolderOf(output.Store.Current!);
        }

        string[] once = Rows("once", 1_000_000), often = Rows("often", 300);

        Assert.HasCount(2_500, once);
        CollectionAssert.AreEqual(once, often);
        Assert.HasCount(9, Directory.GetFiles(folder.File("often/user_recommendations")));
        Assert.HasCount(1, Directory.GetFiles(folder.File("once/user_recommendations")));

        string[] Rows(string to, int rowsAtOnce)
        {
            var hash = new UserHash(new byte[32]);
            new MaskedExport(ParquetFiles.Reader(), ParquetFiles.Writer(), id => hash.Of(id), rowsAtOnce).Run(version, folder.File(to), default);
            return
            [
                .. Directory.GetFiles(folder.File(to + "/user_recommendations")).Order(StringComparer.Ordinal)
                    .SelectMany(f => ParquetFiles.Reader().Read(f))
                    .SelectMany(b => Enumerable.Range(0, b.RowCount).Select(row => $"{Text(b, "user_id", row)} {Text(b, "item_id", row)}").ToList()),
            ];
        }

        static string Text(ColumnBatch batch, string column, int row) => Encoding.UTF8.GetString(batch.Column<Utf8Column>(column)[row]);
    }
}
