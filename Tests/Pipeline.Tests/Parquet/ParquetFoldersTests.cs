using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Which files names, patterns and folders mean, and what is said of those that are no Parquet files.</summary>
[TestClass]
internal sealed class ParquetFoldersTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-folders-").FullName;

    private static IParquetReader Reader { get; } = ParquetFiles.Reader();

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("it's \"quoted\"; DROP.parquet")]
    [DataRow("star*and?mark[a].parquet")]
    [DataRow("star*folder[1]/plain.parquet")]
    [DataRow("back\\slash %41 æ.parquet")]
    [DataRow("-leading dash.parquet")]
    public void A_file_name_is_taken_literally(string name)
    {
        string file = Write(name, ColumnsOf.Int64("n'a\"me", 7));
        Write("starXandYmarka.parquet", ColumnsOf.Int64("other", 1));

        Assert.AreEqual(7L, Reader.Read(file, ["n'a\"me"]).Single().Column<ValueColumn<long>>("n'a\"me").Values[0]);
        Assert.AreEqual(1, Reader.Inspect(file).Rows);
        Assert.AreEqual(file, Reader.Expand(file).Single());
    }

    [TestMethod]
    public void Patterns_find_files_in_ordinal_order()
    {
        foreach (string name in (string[])["b.parquet", "a.parquet", "sub/c.parquet", "sub/deep/d.parquet", ".hidden.parquet", "_tmp/f.parquet"])
            Write(name, ColumnsOf.Int64("x", 1));

        CollectionAssert.AreEqual(new[] { "a.parquet", "b.parquet", "sub/c.parquet", "sub/deep/d.parquet" }, Found(""));
        CollectionAssert.AreEqual(new[] { "a.parquet", "b.parquet" }, Found("*.parquet"));
        CollectionAssert.AreEqual(new[] { "a.parquet", "b.parquet" }, Found("?.parquet"));
        CollectionAssert.AreEqual(new[] { "sub/c.parquet" }, Found("*/*.parquet"));
        CollectionAssert.AreEqual(new[] { "a.parquet", "b.parquet", "sub/c.parquet", "sub/deep/d.parquet" }, Found("**/*.parquet"));
        CollectionAssert.AreEqual(new[] { "sub/deep/d.parquet" }, Found("**/deep/*"));
        CollectionAssert.AreEqual(Array.Empty<string>(), Found("*.orc"));
        Assert.ThrowsExactly<ParquetFileException>(() => Reader.Expand(Path.Combine(_folder, "none.parquet")));
    }

    [TestMethod]
    public void Folder_means_every_Parquet_file_in_it_and_counts_the_rest()
    {
        foreach (string name in (
            string[])["a.parquet", "b.PARQUET", "c.pq", "d.parq", "part-00000", "e.csv", "f.parquet.tmp", ".g.parquet", "_SUCCESS", "h.inprogress.1"])
        {
            Write(name, ColumnsOf.Int64("x", 1));
        }
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "not ours");
        string elsewhere = Directory.CreateTempSubdirectory("recsys-linked-").FullName;
        try
        {
            File.Copy(Path.Combine(_folder, "a.parquet"), Path.Combine(elsewhere, "z.parquet"));
            Directory.CreateSymbolicLink(Path.Combine(_folder, "linked"), elsewhere);
            Directory.CreateSymbolicLink(Path.Combine(elsewhere, "circle"), _folder);
            File.CreateSymbolicLink(Path.Combine(_folder, "y.parquet"), Path.Combine(elsewhere, "z.parquet"));

            var found = Reader.List(_folder);

            CollectionAssert.AreEqual(
                new[] { "a.parquet", "b.PARQUET", "c.pq", "d.parq", "e.csv", "linked/z.parquet", "part-00000", "y.parquet" },
                found.Files.Select(f => Path.GetRelativePath(_folder, f)).ToArray());
            Assert.AreEqual(4, found.Hidden);
            Assert.AreEqual("notes.txt", Path.GetFileName(found.Foreign.Single()));
        }
        finally
        {
            Directory.Delete(elsewhere, recursive: true);
        }
    }

    [TestMethod]
    [DataRow("t/_delta_log/0.json", "Delta")]
    [DataRow("t/metadata/v1.metadata.json", "Iceberg")]
    [DataRow("t/.hoodie/hoodie.properties", "Hudi")]
    public void Folder_of_a_table_with_a_log_of_its_own_is_refused_with_a_way_out(string mark, string kind)
    {
        Write("t/a.parquet", ColumnsOf.Int64("x", 1));
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, mark))!);
        File.WriteAllText(Path.Combine(_folder, mark), "{}");

        var thrown = Assert.ThrowsExactly<ParquetFileException>(() => Reader.Expand(_folder));

        StringAssert.Contains(thrown.Message, kind);
        StringAssert.Contains(thrown.Message, "glob");
        Assert.HasCount(1, Reader.Expand(Path.Combine(_folder, "t", "*.parquet")), "a glob says that all files count");
    }

    [TestMethod]
    [DataRow("a,b\n1,2\n", "CSV")]
    [DataRow("{\"a\": 1, \"b\": 2}", "JSON")]
    [DataRow("<html><body>404</body></html>", "HTML")]
    [DataRow("PAR1 and then some rows", "half-written")]
    [DataRow("PK\u0003\u0004 sheet of Excel", "ZIP")]
    [DataRow("\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "zeros")]
    [DataRow("", "empty (0 bytes)")]
    public void File_that_is_no_Parquet_file_is_named_for_what_it_is(string content, string expected)
    {
        string file = Path.Combine(_folder, "b.parquet");
        File.WriteAllText(file, content);
        StringAssert.Contains(Assert.ThrowsExactly<ParquetFileException>(() => Reader.Inspect(file)).Message, expected);
    }

    [TestMethod]
    public void Partition_folders_become_text_columns()
    {
        string file = Write("table/date=2011-12-01/country=United%20Kingdom/kind=__HIVE_DEFAULT_PARTITION__/p.parquet", ColumnsOf.Int64("x", 1, 2));

        var batch = Reader.Read(file).Single();
        var dates = Reader.Read(file, ["date"]).Single();

        CollectionAssert.AreEqual(new[] { "x", "date", "country", "kind" }, batch.Columns.Select(c => c.Field.Name).ToArray());
        CollectionAssert.AreEqual(new[] { "2011-12-01", "2011-12-01" }, ColumnsOf.Boxed(dates.Columns.Single()).ToArray());
        CollectionAssert.AreEqual(new[] { "United Kingdom", "United Kingdom" }, ColumnsOf.Boxed(batch["country"]).ToArray());
        CollectionAssert.AreEqual(new object?[] { null, null }, ColumnsOf.Boxed(batch["kind"]).ToArray());
        CollectionAssert.AreEqual(new[] { "x", "date", "country", "kind" }, Reader.Inspect(file).Columns.Select(c => c.Name).ToArray());
    }

    private string Write(string name, params Column[] columns)
    {
        string file = Path.Combine(_folder, name);
        using var writer = ParquetFiles.Writer().Create(file, [.. columns.Select(c => c.Field)]);
        writer.Append(columns, columns[0].Count);
        writer.Complete();
        return file;
    }

    private string[] Found(string pattern) => [.. Reader.Expand(Path.Combine(_folder, pattern)).Select(f => Path.GetRelativePath(_folder, f))];
}
