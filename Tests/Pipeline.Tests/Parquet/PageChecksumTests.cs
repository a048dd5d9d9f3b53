using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>
/// The CRC-32 that a writer may put into each page's header (Spark does). Without a look at it a flipped bit mostly gives other values and no error.
/// </summary>
[TestClass]
internal sealed class PageChecksumTests
{
    [TestMethod]
    [DataRow("datapage_v1-corrupt-checksum.parquet")]
    [DataRow("rle-dict-uncompressed-corrupt-checksum.parquet")]
    public void Read_page_that_is_not_what_its_checksum_says_is_refused(string name)
    {
        string file = SharedData.Folder("parquet-corpus", "good", name);
        var error = Assert.ThrowsExactly<ParquetFileException>(() => ParquetFiles.Reader().Read(file).Count());
        StringAssert.Contains(error.Cause, "has checksum");
        Assert.AreNotEqual(0, ParquetFiles.Reader(new(VerifyChecksums: false)).Read(file).Sum(b => b.RowCount), "unless nobody wants to know");
    }

    [TestMethod]
    [DataRow("datapage_v1-snappy-compressed-checksum.parquet", 100, 2_500, 90)]
    [DataRow("datapage_v1-uncompressed-checksum.parquet", 100, 10_000, 95)]
    [DataRow("plain-dict-uncompressed-checksum.parquet", 23, 30, 100)]
    [DataRow("rle-dict-snappy-checksum.parquet", 23, 32, 100)]
    public void Read_flipped_bit_of_a_page_with_a_checksum_is_found(string name, int first, int last, int atLeast)
    {
        string good = SharedData.Folder("parquet-corpus", "good", name);
        Assert.AreNotEqual(0, ParquetFiles.Reader().Read(good).Sum(b => b.RowCount));
        var bytes = File.ReadAllBytes(good);
        string file = Path.GetTempFileName();
        try
        {
            int found = 0;
            for (int round = 0; round < 100; round++)
            {
                // A flip in a page's header may make it another valid header; those between the pages are few.
                int at = first + (int)((long)round * (last - first) / 99);
                bytes[at] ^= 0x10;
                File.WriteAllBytes(file, bytes);
                bytes[at] ^= 0x10;
                if (Refusal(file)?.Contains("has checksum", StringComparison.Ordinal) == true) found++;
            }
            Assert.IsTrue(found >= atLeast, $"{found} of 100 flips were found by the checksum; expected at least {atLeast}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void Read_column_beside_a_damaged_one_is_not_refused()
    {
        var bytes = File.ReadAllBytes(SharedData.Folder("parquet-corpus", "good", "rle-dict-snappy-checksum.parquet"));
        bytes[28] ^= 0x10;
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, bytes);
            StringAssert.Contains(Refusal(file, "long_field"), "column 'long_field', row group 0: the page has checksum");
            Assert.IsNull(Refusal(file, "binary_field"));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string? Refusal(string file, params string[] columns)
    {
        try
        {
            _ = ParquetFiles.Reader().Read(file, columns.Length > 0 ? columns : null).Count();
            return null;
        }
        catch (ParquetFileException e)
        {
            return e.Cause;
        }
    }
}
