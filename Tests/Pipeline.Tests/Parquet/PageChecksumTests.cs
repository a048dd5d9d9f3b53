using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Checksums;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

[TestClass]
public class PageChecksumTests
{
    [TestMethod]
    [DataRow("", 0u)]
    [DataRow("123456789", 0xCBF43926u)]
    [DataRow("The quick brown fox jumps over the lazy dog", 0x414FA339u)]
    public void The_checksum_is_that_of_gzip(string text, uint expected) => Assert.AreEqual(expected, Crc32.Of(System.Text.Encoding.ASCII.GetBytes(text)));

    [TestMethod]
    [DataRow("datapage_v1-corrupt-checksum.parquet")]
    [DataRow("rle-dict-uncompressed-corrupt-checksum.parquet")]
    public void A_page_that_is_not_what_its_checksum_says_is_refused(string name)
    {
        string file = SharedData.Folder("parquet-corpus", "good", name);
        var error = Assert.ThrowsExactly<ParquetFileException>(() => ParquetEngines.Reader().Read(file).Count());
        StringAssert.Contains(error.Cause, "checksum");
        Assert.AreNotEqual(0, ParquetEngines.Reader(new(VerifyChecksums: false)).Read(file).Sum(b => b.RowCount), "unless nobody wants to know");
    }

    [TestMethod]
    [DataRow("datapage_v1-snappy-compressed-checksum.parquet", 100, 2_500, 90)]
    [DataRow("datapage_v1-uncompressed-checksum.parquet", 100, 10_000, 95)]
    [DataRow("plain-dict-uncompressed-checksum.parquet", 23, 30, 100)]
    [DataRow("rle-dict-snappy-checksum.parquet", 23, 32, 100)]
    public void A_flipped_bit_of_a_page_with_a_checksum_is_found(string name, int first, int last, int atLeast)
    {
        string good = SharedData.Folder("parquet-corpus", "good", name);
        Assert.IsNull(PageChecksums.FirstMismatch(good, null));
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
                if (PageChecksums.FirstMismatch(file, null) is not null) found++;
            }
            Assert.IsTrue(found >= atLeast, $"{found} of 100 flips were found; expected at least {atLeast}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestMethod]
    public void A_column_that_is_not_read_is_not_checked()
    {
        string file = SharedData.Folder("parquet-corpus", "good", "rle-dict-uncompressed-corrupt-checksum.parquet");
        Assert.IsNull(PageChecksums.FirstMismatch(file, []));
        Assert.IsNotNull(PageChecksums.FirstMismatch(file, ["long_field"]));
    }
}
