using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.Isolation;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>A decoder that dies takes its own process and no other.</summary>
[TestClass]
public class DecoderIsolationTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-isolation-").FullName;
    private string _file = "";

    private protected virtual ParquetEngine Engine => ParquetEngine.DuckDb;

    [TestInitialize]
    public void Write()
    {
        _file = Path.Combine(_folder, "good.parquet");
        var column = ColumnsOf.Int64("x", [.. Enumerable.Range(0, 200_000).Select(i => (long?)i)]);
        using var writer = new DuckDbParquetWriter().Create(_file, [column.Field]);
        writer.Append([column], column.Count);
        writer.Complete();
    }

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("Abort", "SIGABRT")]
    [DataRow("Segfault", "SIGSEGV")]
    [DataRow("Bloat", "died of")]
    [DataRow("Hang", "gave nothing for 1 s")]
    [DataRow("AbortAfterFirstBatch", "SIGABRT")]
    public void A_decoder_that_dies_is_an_error_of_the_file_it_read(string fault, string cause)
    {
        var patience = fault == "Hang" ? 1 : 60;
        var reader = new IsolatedParquetReader(new(Threads: 1, MemoryMegabytes: 256, PatienceSeconds: patience), Engine, Enum.Parse<DecoderFault>(fault));

        var error = Assert.ThrowsExactly<ParquetFileException>(() => reader.Read(_file).Sum(b => b.RowCount));

        Assert.AreEqual(_file, error.File);
        StringAssert.Contains(error.Cause, cause);
        Assert.AreEqual(200_000, new IsolatedParquetReader(null, Engine).Read(_file).Sum(b => b.RowCount), "the next file is read as if nothing had happened");
    }

    [TestMethod]
    public void Both_readers_give_the_same_rows_whatever_the_threads()
    {
        foreach (int threads in (int[])[1, 3])
        {
            var own = new DuckDbParquetReader(new(threads)).Read(_file).SelectMany(b => b.Column<ValueColumn<long>>("x").Values.ToArray());
            var isolated = new IsolatedParquetReader(new(threads), Engine).Read(_file).SelectMany(b => b.Column<ValueColumn<long>>("x").Values.ToArray());
            CollectionAssert.AreEqual(Enumerable.Range(0, 200_000).Select(i => (long)i).ToArray(), own.ToArray());
            CollectionAssert.AreEqual(Enumerable.Range(0, 200_000).Select(i => (long)i).ToArray(), isolated.ToArray());
        }
    }

    [TestMethod]
    public void Files_are_read_side_by_side()
    {
        var reader = new IsolatedParquetReader(null, Engine);
        using var one = reader.Read(_file).GetEnumerator();
        using var two = reader.Read(_file).GetEnumerator();
        long rows = 0;
        while (one.MoveNext() & two.MoveNext())
        {
            CollectionAssert.AreEqual(one.Current.Column<ValueColumn<long>>("x").Values.ToArray(), two.Current.Column<ValueColumn<long>>("x").Values.ToArray());
            rows += one.Current.RowCount;
        }
        Assert.AreEqual(200_000, rows);
    }

    [TestMethod]
    public void Nonsense_from_the_decoder_is_refused_before_anyone_uses_it()
    {
        byte[] schema = Frame(w => w.Write(new ColumnBatch("f", 0, 1, [ColumnsOf.Text("t", "ab")])));
        var frames = new FrameReader(new MemoryStream(schema), 10);
        Assert.AreEqual(FrameKind.Schema, frames.Next("f").Kind);
        Assert.AreEqual(FrameKind.Batch, frames.Next("f").Kind);
        for (int at = 0; at < schema.Length; at++)
        {
            var bad = (byte[])schema.Clone();
            bad[at] ^= 0x80;
            var reader = new FrameReader(new MemoryStream(bad), 10);
            try
            {
                for (int frame = 0; frame < 2; frame++)
                    if (reader.Next("f").Content is ColumnBatch batch) _ = batch.Columns.SelectMany(ColumnsOf.Boxed).Count();
            }
            catch (Exception e) when (e is IOException or InvalidDataException or FormatException)
            {
                continue;
            }
        }
    }

    private static byte[] Frame(Action<FrameWriter> write)
    {
        var stream = new MemoryStream();
        write(new FrameWriter(stream));
        return stream.ToArray();
    }
}
