using System.Text.Json.Serialization;
using Parquet.Serialization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet.Delta;

/// <summary>Folders of Delta tables are read by their logs, or refused for what the logs ask. Tables are written here, as the protocol of Delta says.</summary>
[TestClass]
internal sealed class DeltaTableTests
{
    private const string Protocol = """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""";

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-delta-").FullName;

    private static IParquetReader Reader { get; } = ParquetFiles.Reader();

    private string Table => Path.Combine(_folder, "t");

    [TestInitialize]
    public void Begin() => Directory.CreateDirectory(Path.Combine(Table, "_delta_log"));

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Removed_files_do_not_count()
    {
        // Written, written over, appended to; what a writer left in the log's folder is no commit.
        Write(0, [Protocol, Add(Stored("a", 1)), Add(Stored("b", 2))]);
        Write(1, [Remove("a"), Remove("b"), Add(Stored("c", 5))]);
        Write(2, [Add(Stored("d", 7)), Add(Stored("e", 9))]);
        Stored("f", 8);
        Directory.CreateDirectory(Path.Combine(Table, "_delta_log", ".tmp"));
        File.WriteAllText(Path.Combine(Table, "_delta_log", ".tmp", "00000000000000000003.json"), Remove("d"));

        CollectionAssert.AreEquivalent(new object[] { 5L, 7L, 9L }, Values("x"));
        Assert.HasCount(3, Reader.Expand(Table + "/"));
        Assert.HasCount(6, Reader.Expand(Path.Combine(Table, "*.parquet")), "a glob says that all files count");
    }

    [TestMethod]
    public void Values_of_partitions_that_no_folder_can_be_called_are_columns()
    {
        // A folder's name has the value percent-encoded, and the log has the folder's name percent-encoded once more.
        Stored("p=A%2FA/a", 1);
        Stored("p=B B/b", 2);
        Write(0,
        [
            Protocol, """{"add":{"path":"p=A%252FA/a.parquet","partitionValues":{"p":"A/A"}}}""",
            """{"add":{"path":"p=B%20B/b.parquet","partitionValues":{"p":"B B"}}}""",
        ]);

        CollectionAssert.AreEquivalent(new object[] { "A/A", "B B" }, Values("p"));
    }

    [TestMethod]
    public async Task Checkpoint_stands_for_the_commits_before_it()
    {
        var all = await Checkpointed();
        for (int version = 0; version < 3; version++) File.Delete(Commit(version));

        CollectionAssert.AreEqual(all, Reader.Expand(Table).ToList());

        Write(4, [Remove("b")]);
        CollectionAssert.AreEqual(all.Where((_, i) => i != 1).ToList(), Reader.Expand(Table).ToList());

        File.Delete(Commit(3));
        File.Delete(Commit(4));
        CollectionAssert.AreEqual(all, Reader.Expand(Table).ToList(), "of a table that was just vacuumed the checkpoint may be all there is");
    }

    [TestMethod]
    public async Task Log_that_lacks_a_commit_is_refused()
    {
        await Checkpointed();
        File.Delete(Commit(2));
        Refused("lacks version 2");
        File.Delete(Commit(0));
        File.Delete(Checkpoint);
        Refused("begins with version 1");
    }

    [TestMethod]
    public async Task Half_of_a_checkpoint_is_none()
    {
        await Checkpointed();
        for (int version = 0; version < 3; version++) File.Delete(Commit(version));
        string Part(int number) => Path.Combine(Table, "_delta_log", $"00000000000000000003.checkpoint.000000000{number}.0000000001.parquet");
        File.Move(Checkpoint, Part(1).Replace("0000000001.parquet", "0000000002.parquet", StringComparison.Ordinal));
        Refused("no whole checkpoint");

        File.Move(Part(1).Replace("0000000001.parquet", "0000000002.parquet", StringComparison.Ordinal), Part(1));
        Assert.HasCount(4, Reader.Expand(Table));
    }

    [TestMethod]
    public async Task Checkpoint_for_later_readers_is_refused()
    {
        await Checkpointed(readers: 3);
        for (int version = 0; version < 3; version++) File.Delete(Commit(version));
        Refused("readers of version 3");
    }

    [TestMethod]
    public void Deleted_rows_and_mapped_columns_are_refused()
    {
        Write(0, [Protocol, Add(Stored("a", 1))]);
        Write(1, [Remove("a"), Vector("add", "a")]);
        Refused("deletion vector");

        Write(1, ["""{"metaData":{"configuration":{"delta.columnMapping.mode":"name"}}}"""]);
        Refused("delta.columnMapping.mode");
    }

    [TestMethod]
    public void Deletion_vector_that_was_rewritten_since_is_no_reason()
    {
        Write(0, [Protocol, Add(Stored("a", 1))]);
        // The line that adds comes before the one that removes; neither is of any weight for the other.
        Write(1, [Vector("add", "a"), Remove("a")]);
        Write(2, [Add(Stored("b", 2)), Vector("remove", "a")]);

        Assert.AreEqual("b.parquet", Path.GetFileName(Reader.Expand(Table).Single()));
    }

    [TestMethod]
    [DataRow("""{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["variantType"]}}""", "'variantType'")]
    [DataRow("""{"protocol":{"minReaderVersion":4,"minWriterVersion":7}}""", "version 4")]
    [DataRow("""{"add":{"path":"gone.parquet"}}""", "'gone.parquet', which is not there")]
    [DataRow("""{"add":{"path":"../../secret.parquet"}}""", "outside of it")]
    [DataRow("""{"add":{"path":"%2e%2e/secret.parquet"}}""", "outside of it")]
    [DataRow("""{"add":{"path":"s3://bucket/a.parquet"}}""", "outside of it")]
    [DataRow("""{"add":{"path":"a.parquet","partitionValues":{"date":"2026-01-01"}}}""", "partition date=2026-01-01 by its log alone")]
    [DataRow("""{"add":{}}""", "line 2 of 00000000000000000000.json")]
    [DataRow("""{"add":""", "line 2 of 00000000000000000000.json")]
    [DataRow("[]", "line 2 of 00000000000000000000.json")]
    public void Log_that_files_alone_cannot_follow_is_refused_by_name(string action, string expected)
    {
        Stored("a", 1);
        Write(0, [Protocol, action]);

        Refused(expected);

        Write(0, [Protocol, """{"add":{"path":"a.parquet","partitionValues":{}}}"""]);
        Assert.HasCount(1, Reader.Expand(Table));
    }

    private void Refused(string why)
    {
        var e = Assert.ThrowsExactly<ParquetFileException>(() => Reader.Expand(Table));
        StringAssert.Contains(e.Message, why);
        StringAssert.Contains(e.Message, "delta_scan");
    }

    private List<object?> Values(string column) =>
        [.. Reader.Expand(Table).SelectMany(f => Reader.Read(f, [column])).SelectMany(b => ColumnsOf.Boxed(b.Columns[0]))];

    private string Checkpoint => Path.Combine(Table, "_delta_log", "00000000000000000003.checkpoint.parquet");

    private string Commit(int version) => Path.Combine(Table, "_delta_log", $"{version:D20}.json");

    private void Write(int version, string[] actions) => File.WriteAllLines(Commit(version), actions);

    /// <summary>A file of the table with one row.</summary>
    private string Stored(string name, long value)
    {
        string path = Path.Combine(Table, name + ".parquet");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var writer = ParquetFiles.Writer().Create(path, [ColumnsOf.Int64("x", value).Field]);
        writer.Append([ColumnsOf.Int64("x", value)], 1);
        writer.Complete();
        return name;
    }

    private static string Add(string name) => $$$"""{"add":{"path":"{{{name}}}.parquet","dataChange":true}}""";

    private static string Remove(string name) => $$$"""{"remove":{"path":"{{{name}}}.parquet","dataChange":true}}""";

    private static string Vector(string action, string name) =>
        $$$"""{"{{{action}}}":{"path":"{{{name}}}.parquet","deletionVector":"""
        + """{"storageType":"u","pathOrInlineDv":"ab","offset":1,"sizeInBytes":36,"cardinality":2}}}""";

    /// <summary>Four appends and a checkpoint of the last.</summary>
    /// <returns>The table's files.</returns>
    private async Task<List<string>> Checkpointed(int readers = 1)
    {
        string[] names = ["a", "b", "c", "d"];
        for (int version = 0; version < names.Length; version++)
            Write(version, [.. version == 0 ? [Protocol] : Array.Empty<string>(), Add(Stored(names[version], version))]);
        await using var file = File.Create(Checkpoint);
        await ParquetSerializer.SerializeAsync(
            [
                new Action { Protocol = new() { MinReaderVersion = readers } },
                .. names.Select(n => new Action { Add = new() { Path = n + ".parquet" } }),
            ],
            file);
        return [.. names.Select(n => Path.Combine(Table, n + ".parquet"))];
    }

    /// <summary>A row of a checkpoint: one action, the others null.</summary>
    private sealed class Action
    {
        [JsonPropertyName("protocol")]
        public ProtocolAction? Protocol { get; set; }

        [JsonPropertyName("add")]
        public AddAction? Add { get; set; }
    }

    private sealed class ProtocolAction
    {
        [JsonPropertyName("minReaderVersion")]
        public int? MinReaderVersion { get; set; }
    }

    private sealed class AddAction
    {
        [JsonPropertyName("path")]
        public string? Path { get; set; }
    }
}
