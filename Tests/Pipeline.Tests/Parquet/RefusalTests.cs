using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;
using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Files made by hand that lie about one thing each; and what is sound beside them.</summary>
[TestClass]
internal sealed class RefusalTests
{
    private static readonly byte[] TwoLongs = MemoryMarshal.AsBytes<long>([7, -7]).ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-refusal-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_sound_file_made_by_hand_is_read()
    {
        var column = Read(new HandMadeFile { Pages = { HandMadeFile.Page(TwoLongs, 2) } });
        CollectionAssert.AreEqual(new long[] { 7, -7 }, column.Values.ToArray());
    }

    [TestMethod]
    [DataRow("a page shorter than its values", "8 bytes of values; 2 values take 16")]
    [DataRow("a page beyond the file", "reaches beyond")]
    [DataRow("a page of 2 GB", "the limit of 64 MB")]
    [DataRow("a billion nulls in ten bytes", "the limit of 64 MB")]
    [DataRow("pages that end early", "expected 4 to")]
    [DataRow("a start outside of the file", "expected 4 to")]
    [DataRow("two dictionaries", "two dictionaries")]
    [DataRow("no dictionary", "a dictionary that is not there")]
    [DataRow("an index beyond the dictionary", "Parquet.Net cannot decode")]
    [DataRow("indexes that end early", "ends before the values")]
    [DataRow("deltas of another count", "9 values; expected 2")]
    [DataRow("deltas in blocks of 2 billion", "blocks of 2147483648")]
    [DataRow("levels that end early", "ends before the values")]
    [DataRow("snappy of another length", "its header says 16")]
    [DataRow("zstd of nothing", "(ZSTD)")]
    [DataRow("gzip that is too short", "gives 8 bytes")]
    [DataRow("more values than rows", "the row group has 2 rows")]
    [DataRow("an unknown encoding", "which Parquet.Net does not decode; write the file")]
    [DataRow("LZO", "compressed with LZO; expected")]
    [DataRow("encrypted column", "is encrypted; decrypt")]
    [DataRow("encrypted footer", "is encrypted (it ends with PARE)")]
    [DataRow("another file", "lies in another file ('other.parquet')")]
    [DataRow("more columns than there are", "its schema ends early")]
    [DataRow("a header of endless integers", "column 'x', row group 0")]
    public void A_file_that_lies_is_refused_by_what_it_lies_about(string lie, string cause)
    {
        var error = Assert.ThrowsExactly<ParquetFileException>(() => Read(Lying(lie)), lie);
        StringAssert.Contains(error.Cause, cause);
    }

    [TestMethod]
    public void Read_nanoseconds_and_unsigned_integers_have_their_meaning()
    {
        long[] stored = [1_999, 1_322_742_360_000_000_001];
        // An instant has no finer unit here than the microsecond; a wall-clock time has.
        CollectionAssert.AreEqual(new[] { 1, 1_322_742_360_000_000 }, Meaning(stored, w => Timestamp(w, 3, utc: true)));
        CollectionAssert.AreEqual(stored, Meaning(stored, w => Timestamp(w, 3, utc: false)));
        CollectionAssert.AreEqual(stored, Meaning(stored, Unsigned));
        CollectionAssert.AreEqual(new[] { 1_999_000L }, Meaning([1_999], w => Timestamp(w, 1, utc: true)));
        Assert.ThrowsExactly<ParquetFileException>(
            () => Meaning(stored, w => Timestamp(w, 1, utc: true)), "milliseconds that no count of microseconds can hold");
    }

    private long[] Meaning(long[] stored, Action<ThriftWriter> logical)
    {
        var made = new HandMadeFile
        {
            Pages = { HandMadeFile.Page(MemoryMarshal.AsBytes<long>(stored).ToArray(), stored.Length) },
            Logical = logical,
            Rows = stored.Length,
            Values = stored.Length,
        };
        return Read(made).Values.ToArray();
    }

    [TestMethod]
    public void Threads_change_nothing_and_an_early_end_leaves_none_behind()
    {
        string file = Path.Combine(_folder, "long.parquet");
        var id = ColumnsOf.Int64("id", [.. Enumerable.Range(0, 200_000).Select(i => i % 9 == 4 ? (long?)null : i)]);
        var word = ColumnsOf.Text("word", [.. Enumerable.Range(0, 200_000).Select(i => $"word {i % 1000}")]);
        using (var writer = ParquetFiles.Writer().Create(file, [id.Field, word.Field], new(RowGroupRows: 30_000)))
        {
            writer.Append([id, word], 200_000);
            writer.Complete();
        }
        string expected = Golden.ColumnHashes.OfAll(ParquetFiles.Reader(new(Threads: 1)), file);
        foreach (int threads in (int[])[2, 4])
            Assert.AreEqual(expected, Golden.ColumnHashes.OfAll(ParquetFiles.Reader(new(threads)), file), $"{threads} threads");
        foreach (var batch in ParquetFiles.Reader(new(4)).Read(file).Take(1)) Assert.AreEqual(0, batch.FirstRow);
        File.Delete(file);
    }

    private ValueColumn<long> Read(HandMadeFile made)
    {
        string file = made.WriteTo(Path.Combine(_folder, "x.parquet"));
        return ParquetFiles.Reader(new(MemoryMegabytes: 64)).Read(file).Single().Column<ValueColumn<long>>("x");
    }

    private static HandMadeFile Lying(string lie)
    {
        static HandMadeFile Of(params byte[][] pages)
        {
            var made = new HandMadeFile();
            made.Pages.AddRange(pages);
            return made;
        }
        var dictionary = HandMadeFile.Page(TwoLongs, 2, kind: PageKind.Dictionary);
        byte[] many = [6, 0, 0, 0, 0x80, 0xA8, 0xD6, 0xB9, 0x07, 0];
        switch (lie)
        {
            case "a page shorter than its values": return Of(HandMadeFile.Page(TwoLongs[..8], 2));
            case "a page beyond the file": return Of(HandMadeFile.Page(TwoLongs, 2, stored: 1 << 20));
            case "a page of 2 GB":
                var large = Of(HandMadeFile.Page(TwoLongs, 2, uncompressed: int.MaxValue));
                large.Codec = 6;
                return large;
            case "a billion nulls in ten bytes":
                var nulls = Of(HandMadeFile.Page(many, 1_000_000_000));
                (nulls.Rows, nulls.Values, nulls.Repetition) = (1_000_000_000, 1_000_000_000, Repetition.Optional);
                return nulls;
            case "pages that end early": return Of(HandMadeFile.Page(TwoLongs[..8], 1));
            case "a start outside of the file":
                var outside = Of(HandMadeFile.Page(TwoLongs, 2));
                outside.Start = long.MaxValue - 3;
                return outside;
            case "two dictionaries": return Of(dictionary, dictionary, HandMadeFile.Page([1, 2, 0, 2, 1], 2, PageEncoding.RleDictionary));
            case "no dictionary": return Of(HandMadeFile.Page([1, 2, 0, 2, 1], 2, PageEncoding.RleDictionary));
            case "an index beyond the dictionary": return Of(dictionary, HandMadeFile.Page([3, 2, 0, 2, 7], 2, PageEncoding.RleDictionary));
            case "indexes that end early": return Of(dictionary, HandMadeFile.Page([1, 2, 0], 2, PageEncoding.RleDictionary));
            case "deltas of another count": return Of(HandMadeFile.Page([128, 1, 4, 9, 0], 2, PageEncoding.DeltaBinaryPacked));
            case "deltas in blocks of 2 billion": return Of(HandMadeFile.Page([0x80, 0x80, 0x80, 0x80, 8, 1, 2, 0], 2, PageEncoding.DeltaBinaryPacked));
            case "levels that end early":
                var levels = Of(HandMadeFile.Page([2, 0, 0, 0, 2, 1, .. TwoLongs], 2));
                levels.Repetition = Repetition.Optional;
                return levels;
            case "snappy of another length": return Packed(1, [8, 7 << 2, 1, 2, 3, 4, 5, 6, 7, 8]);
            case "zstd of nothing": return Packed(6, [1, 2, 3, 4]);
            case "gzip that is too short": return Packed(2, Gzip(TwoLongs[..8]));
            case "more values than rows":
                var more = Of(HandMadeFile.Page(TwoLongs, 2));
                more.Values = 3;
                return more;
            case "an unknown encoding": return Of(HandMadeFile.Page(TwoLongs, 2, PageEncoding.DeltaByteArray));
            case "LZO": return Packed(3, TwoLongs);
            case "encrypted column":
                var encrypted = Of(HandMadeFile.Page(TwoLongs, 2));
                encrypted.Encrypted = true;
                return encrypted;
            case "encrypted footer":
                var hidden = Of(HandMadeFile.Page(TwoLongs, 2));
                hidden.Magic = "PARE";
                return hidden;
            case "another file":
                var other = Of(HandMadeFile.Page(TwoLongs, 2));
                other.OtherFile = "other.parquet";
                return other;
            case "more columns than there are":
                var wide = Of(HandMadeFile.Page(TwoLongs, 2));
                wide.RootChildren = int.MaxValue;
                return wide;
            case "a header of endless integers": return Of([0x15, .. Enumerable.Repeat((byte)0xFF, 600)]);
            default: throw new ArgumentOutOfRangeException(nameof(lie), lie, "no such lie");
        }
    }

    private static HandMadeFile Packed(int codec, byte[] bytes) => new() { Codec = codec, Pages = { HandMadeFile.Page(bytes, 2, uncompressed: 16) } };

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(bytes);
        return packed.ToArray();
    }

    private static void Timestamp(ThriftWriter to, int unit, bool utc)
    {
        to.Struct(10);
        to.Struct(8);
        to.Boolean(1, utc);
        to.Struct(2);
        to.Mark(unit);
        to.End();
        to.End();
        to.End();
    }

    private static void Unsigned(ThriftWriter to)
    {
        to.Int32(6, 14);
        to.Struct(10);
        to.Struct(10);
        to.Small(1, 64);
        to.Boolean(2, false);
        to.End();
        to.End();
    }
}
