using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Whatever a file's bytes are, a call gives rows or a typed error, within its memory and its time.</summary>
[TestClass]
internal sealed class HostileBytesTests
{
    private const ulong Seed = 20111201;

    private static IParquetReader Reader { get; } = ParquetFiles.Reader(new(MemoryMegabytes: 512));

    [TestMethod]
    public void Read_good_files_of_the_corpus_give_rows()
    {
        var files = Directory.GetFiles(SharedData.Folder("parquet-corpus", "good"), "*", SearchOption.AllDirectories);
        int read = files.Count(f => Outcome(f) is null);
        Assert.IsTrue(read >= 60, $"{read} of {files.Length} files were readable; expected at least 60");
    }

    [TestMethod]
    public void Read_mutants_of_the_corpus_give_rows_or_a_typed_error() =>
        ReadMutants(Directory.GetFiles(SharedData.Folder("parquet-corpus", "good"), "*.parquet"), each: 20);

    [TestMethod]
    public void Read_mutants_of_files_of_DuckDB_give_rows_or_a_typed_error() =>
        ReadMutants(Directory.GetFiles(Path.Combine(Golden.GoldenFileTests.Folder, "duckdb"), "*.parquet"), each: 60);

    [TestMethod]
    public void Read_cut_and_flipped_bytes_give_rows_or_a_typed_error()
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
                int at = (int)random.Below(good.Length);
                var bytes = round % 2 == 0 ? good[..at] : (byte[])good.Clone();
                if (round % 2 == 1) bytes[at] ^= (byte)(1 << (int)random.Below(8));
                File.WriteAllBytes(file, bytes);
                if (Outcome(file) is { } cause)
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

    /// <summary>Each file with one to four bytes changed, a third of them in its footer, where lengths and places stand.</summary>
    private static void ReadMutants(string[] files, int each)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-hostile-").FullName;
        try
        {
            string mutant = Path.Combine(folder, "mutant.parquet");
            var random = new SplitMix(Seed);
            int refused = 0, read = 0;
            foreach (string file in files.Order(StringComparer.Ordinal))
            {
                var good = File.ReadAllBytes(file);
                if (good.Length is 0 or > 300_000) continue;
                for (int round = 0; round < each; round++)
                {
                    var bytes = (byte[])good.Clone();
                    for (long edits = 1 + random.Below(4); edits > 0; edits--)
                    {
                        long at = random.Below(3) == 0 ? Math.Max(0, bytes.Length - 1 - random.Below(600)) : random.Below(bytes.Length);
                        bytes[at] = (byte)random.Below(256);
                    }
                    File.WriteAllBytes(mutant, bytes);
                    if (Outcome(mutant) is null) read++;
                    else refused++;
                }
            }
            Assert.IsTrue(refused > 100 && read > 50, $"{refused} mutants were refused and {read} read; expected some of both");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Null when all rows were read, else the cause; any other exception fails the test.</summary>
    private static string? Outcome(string file)
    {
        try
        {
            var info = Reader.Inspect(file);
            foreach (var batch in Reader.Read(file))
                foreach (var column in batch.Columns) Assert.AreEqual(batch.RowCount, column.Count);
            foreach (var skipped in info.Skipped.Where(s => s.Reason.Contains("by name", StringComparison.Ordinal)))
                foreach (var batch in Reader.Read(file, [skipped.Name])) Assert.AreEqual(batch.RowCount, batch.Columns.Single().Count);
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
        var vector = ColumnsOf.Lists("vector", [.. Enumerable.Range(0, 3000).Select(i => i % 13 == 0 ? null : new float[i % 4])]);
        using (var writer = ParquetFiles.Writer().Create(file, [id.Field, name.Field, price.Field, vector.Field]))
        {
            writer.Append([id, name, price, vector], 3000);
            writer.Complete();
        }
        return File.ReadAllBytes(file);
    }

    private sealed class SplitMix(ulong state)
    {
        private ulong _state = state;

        public long Below(long count)
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            return (long)((z ^ z >> 31) % (ulong)count);
        }
    }
}
