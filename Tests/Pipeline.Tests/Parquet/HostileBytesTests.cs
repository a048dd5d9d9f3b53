using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Whatever a file's bytes are, a call gives rows or a typed error, and this process lives.</summary>
[TestClass]
public class HostileBytesTests
{
    private const ulong Seed = 20111201;

    protected virtual IParquetReader Reader { get; } = ParquetEngines.Reader();

    [TestMethod]
    [DataRow("good", 40)]
    [DataRow("bad", 0)]
    [DataRow("fuzzing", 0)]
    public void Every_file_of_the_corpus_gives_rows_or_a_typed_error(string part, int readable)
    {
        var files = Directory.GetFiles(SharedData.Folder("parquet-corpus", part), "*", SearchOption.AllDirectories);
        int read = files.Count(f => Outcome(Reader, f) is null);
        Assert.IsTrue(read >= readable, $"{read} of {files.Length} files were readable; expected at least {readable}");
    }

    [TestMethod]
    public void Cut_and_flipped_bytes_at_200_places_give_rows_or_a_typed_error()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-hostile-").FullName;
        try
        {
            string file = Path.Combine(folder, "mutant.parquet");
            var good = GoodFile(file);
            var random = new SplitMix(Seed);
            int refused = 0;
            for (int round = 0; round < 200; round++)
            {
                int at = (int)(random.Next() % (ulong)good.Length);
                var bytes = round % 2 == 0 ? good[..at] : (byte[])good.Clone();
                if (round % 2 == 1) bytes[at] ^= (byte)(1 << (int)(random.Next() & 7));
                File.WriteAllBytes(file, bytes);
                if (Outcome(Reader, file) is { } cause)
                {
                    refused++;
                    Assert.IsFalse(string.IsNullOrWhiteSpace(cause), $"round {round}, byte {at}");
                }
            }
            Assert.IsTrue(refused >= 100, $"{refused} of 200 were refused; each of the 100 cuts must be");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Null when all rows were read, else the cause; any other exception fails the test.</summary>
    private static string? Outcome(IParquetReader reader, string file)
    {
        try
        {
            reader.Inspect(file);
            foreach (var batch in reader.Read(file))
                foreach (var column in batch.Columns) Assert.AreEqual(batch.RowCount, column.Count);
            return null;
        }
        catch (ParquetFileException e)
        {
            Assert.AreEqual(file, e.File);
            return e.Cause;
        }
    }

    private static byte[] GoodFile(string file)
    {
        var id = ColumnsOf.Int64("id", [.. Enumerable.Range(0, 3000).Select(i => (long?)(i * 7919L))]);
        var name = ColumnsOf.Text("name", [.. Enumerable.Range(0, 3000).Select(i => i % 11 == 0 ? null : $"item number {i % 300}")]);
        var price = ColumnsOf.Double("price", [.. Enumerable.Range(0, 3000).Select(i => (double?)(i % 97 / 7.0))]);
        using (var writer = new DuckDbParquetWriter().Create(file, [id.Field, name.Field, price.Field]))
        {
            writer.Append([id, name, price], 3000);
            writer.Complete();
        }
        return File.ReadAllBytes(file);
    }

    private sealed class SplitMix(ulong state)
    {
        private ulong _state = state;

        public ulong Next()
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return z ^ z >> 31;
        }
    }
}
