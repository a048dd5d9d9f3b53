using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.DuckDb;
using Recsys.Batch.Pipeline.Parquet.ParquetNet;

namespace Recsys.Batch.Pipeline.Tests.Parquet.ParquetNet;

/// <summary>Both engines give the same columns, bit for bit, or refuse the same file.</summary>
[TestClass]
public class EnginesAgreeTests
{
    private readonly DuckDbParquetReader _duckDb = new();
    private readonly ParquetNetReader _parquetNet = new();

    [TestMethod]
    public void Every_good_file_of_the_corpus_gives_the_same_columns()
    {
        // What one engine reads and the other does not: DuckDB has no codec LZ4 (the deprecated one), and takes no map without values.
        string[] onlyParquetNet = ["hadoop_lz4_compressed.parquet", "hadoop_lz4_compressed_larger.parquet", "map_no_value.parquet", "non_hadoop_lz4_compressed.parquet"];
        var files = Directory.GetFiles(SharedData.Folder("parquet-corpus", "good"), "*.parquet").Order(StringComparer.Ordinal).ToList();
        int same = 0;
        foreach (string file in files)
        {
            var (expected, refused) = WholeFile.TryRead(_duckDb, file);
            var (actual, cause) = WholeFile.TryRead(_parquetNet, file);
            string name = Path.GetFileName(file);
            // Spark's day ran over: signed it gives the year 290000 that was written, unsigned, as DuckDB takes it, another.
            if (name == "int96_from_spark.parquet") expected!.Single().Value[5] = BitConverter.GetBytes(9_089_380_393_200_000_000);
            if (expected is not null && actual is not null)
            {
                WholeFile.AssertSame(expected, actual, name);
                CompareWhatIsReadByName(file);
                same++;
            }
            else if (onlyParquetNet.Contains(name)) Assert.IsNotNull(actual, $"{name}: {cause}");
            else Assert.AreEqual(expected is null, actual is null, $"{name}: DuckDB {refused ?? "reads it"}; Parquet.Net {cause ?? "reads it"}");
        }
        Assert.IsTrue(same >= 55, $"{same} of {files.Count} files were read by both");
    }

    [TestMethod]
    public void The_logs_of_the_repository_give_the_same_columns()
    {
        string data = Path.Combine(Root(), "data");
        var files = Directory.GetFiles(data, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        Assert.IsTrue(files.Count > 60, $"{files.Count} files");
        foreach (string file in files) WholeFile.AssertSame(WholeFile.Read(_duckDb, file), WholeFile.Read(_parquetNet, file), file);
    }

    [TestMethod]
    [DataRow("", "zstd")]
    [DataRow("", "uncompressed")]
    [DataRow("", "snappy")]
    [DataRow("", "gzip")]
    [DataRow("", "brotli")]
    [DataRow("", "lz4_raw")]
    [DataRow(", PARQUET_VERSION v2", "zstd")]
    [DataRow(", PARQUET_VERSION v2", "lz4_raw")]
    public void Every_type_codec_and_page_version_that_DuckDB_writes_gives_the_same_columns(string version, string codec)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-agree-").FullName;
        try
        {
            string file = ListFiles.Write(Path.Combine(folder, "all.parquet"), AllTypes(codec == "brotli" ? 500 : 20_000), $", ROW_GROUP_SIZE 8192, COMPRESSION {codec}{version}");
            WholeFile.AssertSame(WholeFile.Read(_duckDb, file), WholeFile.Read(_parquetNet, file), file);
            CompareWhatIsReadByName(file);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestMethod]
    public void A_file_of_either_writer_is_the_same_to_either_reader()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-agree-").FullName;
        try
        {
            string source = ListFiles.Write(Path.Combine(folder, "source.parquet"), AllTypes(20_000));
            string one = Path.Combine(folder, "duckdb.parquet"), two = Path.Combine(folder, "parquetnet.parquet");
            Copy(source, one, new DuckDbParquetWriter());
            Copy(source, two, new ParquetNetWriter());
            var expected = WholeFile.Read(_duckDb, one);
            Assert.IsTrue(expected.Count >= 15 && expected.Values.All(v => v.Count == 20_000));
            foreach (IParquetReader reader in (IParquetReader[])[_duckDb, _parquetNet])
                foreach (string file in (string[])[one, two])
                    WholeFile.AssertSame(expected, WholeFile.Read(reader, file), $"{reader.Engine} reads {file}");
            Assert.IsTrue(new FileInfo(two).Length < 1.5 * new FileInfo(one).Length, $"{new FileInfo(two).Length} bytes against {new FileInfo(one).Length}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string AllTypes(int rows) =>
        $$"""
        SELECT (i % 256 - 128)::TINYINT AS tiny, (i % 200)::UTINYINT AS utiny, (i - 20000)::SMALLINT AS small, (i % 60000)::USMALLINT AS usmall, (i * 37003 - 1000000000)::INTEGER AS whole, i::UINTEGER AS uwhole,
          (i::BIGINT * 1000000007 - 77) AS big, (i::UBIGINT * 3) AS ubig, (i / 7)::FLOAT AS real32, CASE WHEN i % 13 = 0 THEN 'NaN'::DOUBLE ELSE sqrt(i) END AS real64, i % 3 = 0 AS flag,
          CASE WHEN i % 11 = 0 THEN NULL ELSE 'text ' || (i % 500) END AS word, repeat('æ漢', (i % 9)::INTEGER) || i AS unique_word, (i / 100)::DECIMAL(7, 2) AS d7, (i * 1000003 / 1000)::DECIMAL(16, 3) AS d16,
          (i * 123456789012345 / 1000)::DECIMAL(30, 5) AS d30, DATE '1960-01-01' + i::INTEGER AS day, TIMESTAMP '2011-12-01 08:26:00' + INTERVAL (i) SECOND AS local_us,
          CASE WHEN i % 5 = 0 THEN NULL ELSE TIMESTAMPTZ '2011-12-01 08:26:00+00' - INTERVAL (i) MINUTE END AS instant, make_timestamp_ns(i * 1000000007 - 5) AS local_ns,
          (TIMESTAMP '2001-01-01' + INTERVAL (i) HOUR)::TIMESTAMP_MS AS local_ms, (TIMESTAMP '2001-01-01' + INTERVAL (i) HOUR)::TIMESTAMP_S AS local_s, NULL::INTEGER AS nothing,
          md5(i::VARCHAR)::UUID AS id, encode('b' || i) AS bytes, [i, NULL, i * 2]::FLOAT[] AS floats, CASE WHEN i % 4 = 0 THEN NULL ELSE range(i % 6)::DOUBLE[] END AS doubles, [i]::DECIMAL(9, 1)[] AS decimals, {'a': i} AS nested, TIME '01:02:03' AS clock
        FROM range({{rows}}) t(i)
        """;

    private void CompareWhatIsReadByName(string file)
    {
        var (one, two) = (_duckDb.Inspect(file), _parquetNet.Inspect(file));
        CollectionAssert.AreEqual(one.Columns.ToArray(), two.Columns.ToArray(), file);
        CollectionAssert.AreEqual(one.Skipped.Select(c => c.Name).ToArray(), two.Skipped.Select(c => c.Name).ToArray(), file);
        Assert.AreEqual((one.RowGroups, one.Bytes), (two.RowGroups, two.Bytes), file);
        foreach (string name in one.Skipped.Select(c => c.Name))
        {
            var (expected, refused) = WholeFile.TryRead(_duckDb, file, [name]);
            var (actual, cause) = WholeFile.TryRead(_parquetNet, file, [name]);
            if (expected is not null && actual is not null) WholeFile.AssertSame(expected, actual, $"{file}, {name}");
            else Assert.AreEqual(expected is null, actual is null, $"{file}, {name}: DuckDB {refused ?? "reads it"}; Parquet.Net {cause ?? "reads it"}");
        }
    }

    private void Copy(string source, string target, IParquetWriter writer)
    {
        using var copy = writer.Create(target, _duckDb.Inspect(source).Columns);
        foreach (var batch in _duckDb.Read(source)) copy.Append(batch.Columns, batch.RowCount);
        copy.Complete();
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Recsys.Batch.sln"))) at = at.Parent;
        return at.FullName;
    }
}
