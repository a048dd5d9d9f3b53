using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Data;

[TestClass]
internal sealed class ShippedDataTests
{
    private static readonly string Folder = Path.Combine(Repository.Data, "online-retail", "transactions");

    [TestMethod]
    public void Every_file_has_the_sum_that_was_written_with_it()
    {
        var sums = File.ReadAllLines(Path.Combine(Folder, "SHA256SUMS")).Select(l => l.Split("  ", 2)).ToDictionary(l => l[1], l => l[0]);
        var files = Directory.EnumerateFiles(Folder, "*.parquet", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'))
            .ToList();

        CollectionAssert.AreEquivalent(sums.Keys, files);
        foreach (string file in files)
            Assert.AreEqual(sums[file], Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, file)))), file);
    }

    [TestMethod]
    public void The_split_is_the_whole_log_in_order_as_its_read_me_says()
    {
        var reader = ParquetFiles.Reader();
        var files = reader.Expand(Folder);
        long rows = 0, notPositive = 0, noCustomer = 0, last = long.MinValue;
        foreach (string file in files)
        {
            foreach (var batch in reader.Read(file, ["quantity", "invoice_date", "customer_id"]))
            {
                rows += batch.RowCount;
                foreach (int quantity in batch.Column<ValueColumn<int>>("quantity").Values) if (quantity <= 0) notPositive++;
                foreach (long time in batch.Column<ValueColumn<long>>("invoice_date").Values)
                {
                    Assert.IsTrue(time >= last, $"{file}: time goes back");
                    last = time;
                }
                noCustomer += batch["customer_id"].NullCount;
            }
        }

        Assert.AreEqual(70, files.Count);
        Assert.AreEqual(541_909, rows);
        Assert.AreEqual(10_624, notPositive);
        Assert.AreEqual(135_080, noCustomer);
    }
}
