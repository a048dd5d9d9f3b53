using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>What the door to Parquet promises: what is written comes back, names mean what they say, and what is no Parquet file is a typed error.</summary>
[TestClass]
internal sealed class ParquetFilesTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-parquet-").FullName;

    private static IParquetReader Reader { get; } = ParquetFiles.Reader();

    private static IParquetWriter Writer { get; } = ParquetFiles.Writer();

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Every_type_comes_back_with_its_values_and_nulls()
    {
        Column[] columns =
        [
            ColumnsOf.Int32("i32", 1, null, int.MinValue, int.MaxValue),
            ColumnsOf.Int64("i64", null, 2, long.MinValue, long.MaxValue),
            ColumnsOf.Double("real", 0.1, double.NaN, null, double.NegativeInfinity),
            ColumnsOf.Boolean("flag", true, false, null, true),
            ColumnsOf.Text("text", "", null, "a text longer than twelve bytes", "æøå \u0000 漢字"),
            ColumnsOf.Timestamp("local", TimestampUnit.Microseconds, false, 1_322_742_360_000_001, null, -1, 0),
            ColumnsOf.Timestamp("instant", TimestampUnit.Microseconds, true, 1_322_742_360_000_001, null, -1, 0),
        ];
        string file = Write("types.parquet", columns);

        var batch = Reader.Read(file).Single();

        for (int i = 0; i < columns.Length; i++)
        {
            Assert.AreEqual(columns[i].Field, batch.Columns[i].Field);
            CollectionAssert.AreEqual(ColumnsOf.Boxed(columns[i]).ToList(), ColumnsOf.Boxed(batch.Columns[i]).ToList(), columns[i].Field.Name);
        }
        Assert.AreEqual(0L, batch.Column<ValueColumn<long>>("i64").Values[0], "a null row holds default");
    }

    [TestMethod]
    public void A_timestamp_of_any_unit_comes_back_as_the_same_moment()
    {
        string file = Write("units.parquet",
            ColumnsOf.Timestamp("s", TimestampUnit.Seconds, false, 1_322_742_360, -1),
            ColumnsOf.Timestamp("ms", TimestampUnit.Milliseconds, false, 1_322_742_360_001, -1),
            ColumnsOf.Timestamp("ns", TimestampUnit.Nanoseconds, false, 1_322_742_360_000_000_001, -1),
            ColumnsOf.Timestamp("utc", TimestampUnit.Milliseconds, true, 1_322_742_360_001, -1));

        var batch = Reader.Read(file).Single();

        CollectionAssert.AreEqual(new[] { 1_322_742_360_000_000_000, -1_000_000_000 }, Nanoseconds(batch, "s"));
        CollectionAssert.AreEqual(new[] { 1_322_742_360_001_000_000, -1_000_000 }, Nanoseconds(batch, "ms"));
        CollectionAssert.AreEqual(new[] { 1_322_742_360_000_000_001, -1 }, Nanoseconds(batch, "ns"));
        CollectionAssert.AreEqual(new[] { 1_322_742_360_001_000_000, -1_000_000 }, Nanoseconds(batch, "utc"));
        Assert.IsTrue(batch["utc"].Field.IsUtc);
        Assert.IsFalse(batch["ms"].Field.IsUtc);
    }

    [TestMethod]
    public void Lists_and_arrays_of_numbers_are_read_as_float32_when_asked_for_by_name()
    {
        string file = ForeignFiles.Write(Path.Combine(_folder, "lists.parquet"), "id:int, reals:double[], pair:float[], whole:int[], words:text[]",
            "[1, [0.5, null, 3], [1, 2], [7], ['x']], [2, null, null, [], []], [3, [], [3, 4], [8, 9, 10], ['y', 'z']]");

        var batch = Reader.Read(file, ["pair", "id", "reals", "whole"]).Single();
        var info = Reader.Inspect(file);

        AssertLists(batch, "reals", [0.5f, float.NaN, 3], null, []);
        AssertLists(batch, "pair", [1, 2], null, [3, 4]);
        AssertLists(batch, "whole", [7], [], [8, 9, 10]);
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, batch.Column<ValueColumn<int>>("id").Values.ToArray());
        CollectionAssert.AreEqual(
            new[] { "id" }, Reader.Read(file).Single().Columns.Select(c => c.Field.Name).ToArray(), "a reader of everything is not given lists");
        CollectionAssert.AreEqual(new[] { "reals", "pair", "whole", "words" }, info.Skipped.Select(c => c.Name).ToArray());
        var thrown = Assert.ThrowsExactly<ParquetFileException>(() => Reader.Read(file, ["words"]).ToList());
        StringAssert.Contains(thrown.Message, "'words' cannot be read");
    }

    [TestMethod]
    public void Lists_of_many_batches_keep_their_rows()
    {
        Column v = ColumnsOf.Lists("v", [.. Enumerable.Range(0, 70_000).Select(i => i % 5 == 3 ? null : i % 7 == 4 ? [] : new float[] { i, i % 3, 1 })]);
        Column id = ColumnsOf.Int32("id", [.. Enumerable.Range(0, 70_000).Select(i => (int?)i)]);
        string file = Path.Combine(_folder, "long-lists.parquet");
        using (var writer = Writer.Create(file, [id.Field, v.Field], new(RowGroupRows: 20_000)))
        {
            writer.Append([id, v], 70_000);
            writer.Complete();
        }

        long row = 0;
        foreach (var batch in Reader.Read(file, ["v", "id"]))
        {
            var lists = batch.Column<FloatListColumn>("v");
            for (int r = 0; r < batch.RowCount; r++, row++)
            {
                Assert.AreEqual(row % 5 == 3, lists.IsNull(r));
                float[] expected = row % 5 == 3 || row % 7 == 4 ? [] : [row, row % 3, 1];
                Assert.IsTrue(lists[r].SequenceEqual(expected), $"row {row}");
            }
        }
        Assert.AreEqual(70_000, row);
    }

    [TestMethod]
    public async Task Write_file_is_the_same_to_the_library_that_knows_nothing_of_us()
    {
        string file = Write("plain.parquet",
            ColumnsOf.Int64("id", 7, null, -1),
            ColumnsOf.Text("word", "æ", null, ""),
            ColumnsOf.Timestamp("at", TimestampUnit.Seconds, true, 1_322_742_360, null, 0),
            ColumnsOf.Lists("vector", [1, 2], null, []));

        await using var reader = await global::Parquet.ParquetReader.CreateAsync(file);
        var group = reader.OpenRowGroupReader(0);
        var fields = reader.Schema.GetDataFields();
        var ids = new long?[3];
        await group.ReadAsync<long>(fields[0], ids);
        var words = new string?[3];
        await group.ReadAsync(fields[1], words);
        var times = new DateTime?[3];
        await group.ReadAsync<DateTime>(fields[2], times);
        var (members, definition, repetition) = (new float[4], new int[4], new int[4]);
        await group.ReadRawAsync<float>(fields[3], members, definition, repetition);

        CollectionAssert.AreEqual(new long?[] { 7, null, -1 }, ids);
        CollectionAssert.AreEqual(new[] { "æ", null, "" }, words);
        CollectionAssert.AreEqual(new DateTime?[] { new DateTime(2011, 12, 1, 12, 26, 0, DateTimeKind.Utc), null, DateTime.UnixEpoch }, times);
        Assert.AreEqual("vector/list/element", fields[3].Path.ToString());
        CollectionAssert.AreEqual(new[] { 1f, 2 }, members[..2]);
        CollectionAssert.AreEqual(new[] { 3, 3, 0, 1 }, definition);
        CollectionAssert.AreEqual(new[] { 0, 1, 0, 0 }, repetition);
    }

    [TestMethod]
    public void Read_asks_for_cancellation_at_every_page()
    {
        string file = Path.Combine(_folder, "pages.parquet");
        var id = ColumnsOf.Int64("id", [.. Enumerable.Range(0, 100_000).Select(i => (long?)i)]);
        using (var writer = Writer.Create(file, [id.Field], new(RowGroupRows: 10_000)))
        {
            writer.Append([id], 100_000);
            writer.Complete();
        }
        using var source = new CancellationTokenSource();
        using var batches = ParquetFiles.Reader(new(Threads: 1)).Read(file, ["id"], source.Token).GetEnumerator();
        Assert.IsTrue(batches.MoveNext());
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => batches.MoveNext());
    }

    private static void AssertLists(ColumnBatch batch, string name, params float[]?[] expected)
    {
        var lists = batch.Column<FloatListColumn>(name);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.AreEqual(expected[row] is null, lists.IsNull(row), $"{name}, row {row}");
            CollectionAssert.AreEqual(expected[row] ?? [], lists[row].ToArray(), $"{name}, row {row}");
        }
    }

    [TestMethod]
    public void Many_batches_keep_the_order_of_the_file_over_row_groups_and_appends()
    {
        const int rows = 300_000;
        string file = Path.Combine(_folder, "long.parquet");
        var ids = Enumerable.Range(0, rows).Select(i => (long?)(i % 7 == 3 ? null : i)).ToArray();
        var names = Enumerable.Range(0, rows).Select(i => i % 5 == 1 ? null : $"name of row {i}").ToArray();
        Column id = ColumnsOf.Int64("id", ids), name = ColumnsOf.Text("name", names);
        using (var writer = Writer.Create(file, [id.Field, name.Field], new(RowGroupRows: 100_000)))
        {
            writer.Append([ColumnsOf.Int64("id", ids[..1000]), ColumnsOf.Text("name", names[..1000])], 1000);
            writer.Append([ColumnsOf.Int64("id", ids[1000..]), ColumnsOf.Text("name", names[1000..])], rows - 1000);
            writer.Complete();
        }

        long row = 0;
        foreach (var batch in Reader.Read(file, ["name", "id"]))
        {
            Assert.AreEqual(row, batch.FirstRow);
            Assert.AreEqual("name", batch.Columns[0].Field.Name);
            CollectionAssert.AreEqual(names[(int)row..(int)(row + batch.RowCount)], ColumnsOf.Boxed(batch["name"]).ToArray());
            CollectionAssert.AreEqual(ids[(int)row..(int)(row + batch.RowCount)].Cast<object?>().ToArray(), ColumnsOf.Boxed(batch["id"]).ToArray());
            row += batch.RowCount;
        }
        Assert.AreEqual(rows, row);
        var info = Reader.Inspect(file);
        Assert.AreEqual(rows, info.Rows);
        Assert.IsTrue(info.RowGroups >= 2, $"{info.RowGroups} row groups");
    }

    [TestMethod]
    public void Equal_rows_give_equal_bytes()
    {
        var column = ColumnsOf.Text("t", [.. Enumerable.Range(0, 10_000).Select(i => (i * i % 97).ToString(CultureInfo.InvariantCulture))]);
        CollectionAssert.AreEqual(File.ReadAllBytes(Write("a.parquet", column)), File.ReadAllBytes(Write("b.parquet", column)));
    }

    [TestMethod]
    public void An_empty_file_has_columns_and_no_rows()
    {
        string file = Write("empty.parquet", ColumnsOf.Int64("id"), ColumnsOf.Text("name"));
        Assert.AreEqual(0, Reader.Read(file).Sum(b => b.RowCount));
        CollectionAssert.AreEqual(new[] { "id", "name" }, Reader.Inspect(file).Columns.Select(c => c.Name).ToArray());
    }

    [TestMethod]
    public void A_column_that_is_not_there_is_an_error_that_names_those_that_are()
    {
        string file = Write("few.parquet", ColumnsOf.Int64("user", 1), ColumnsOf.Int64("item", 1));
        var error = Assert.ThrowsExactly<ParquetFileException>(() => Reader.Read(file, ["customer"]).Count());
        Assert.AreEqual(file, error.File);
        StringAssert.Contains(error.Message, "'customer'");
        StringAssert.Contains(error.Message, "user, item");
    }

    [TestMethod]
    public void A_file_rewritten_under_its_name_is_read_anew()
    {
        var reader = Reader;
        for (long value = 1; value <= 3; value++)
        {
            string file = Write("same.parquet", ColumnsOf.Int64("x", value));
            Assert.AreEqual(value, reader.Read(file).Single().Column<ValueColumn<long>>("x").Values[0]);
        }
    }

    [TestMethod]
    public void A_writer_that_is_not_completed_leaves_the_old_file_and_no_other()
    {
        string file = Write("kept.parquet", ColumnsOf.Int64("x", 1));
        using (var writer = Writer.Create(file, [new ColumnField("x", ColumnType.Int64)])) writer.Append([ColumnsOf.Int64("x", 2)], 1);
        Assert.AreEqual(1L, Reader.Read(file).Single().Column<ValueColumn<long>>("x").Values[0]);
        Assert.AreEqual(1, Directory.GetFileSystemEntries(_folder).Length);
    }

    [TestMethod]
    [DataRow("", "no bytes")]
    [DataRow("PAR1", "half a magic")]
    [DataRow("user;item\n1;2\n", "another format")]
    [DataRow("PAR1\u0001\u0001\u0001\u0001\u007f\u007f\u007f\u007fPAR1", "a footer longer than the file")]
    public void Bytes_that_are_no_parquet_are_a_typed_error(string bytes, string what)
    {
        string file = Path.Combine(_folder, "bad.parquet");
        File.WriteAllText(file, bytes);
        Assert.AreEqual(file, Assert.ThrowsExactly<ParquetFileException>(() => Reader.Read(file).Count(), what).File);
        Assert.AreEqual(file, Assert.ThrowsExactly<ParquetFileException>(() => Reader.Inspect(file), what).File);
    }

    [TestMethod]
    public void A_missing_file_and_a_folder_are_typed_errors()
    {
        Assert.ThrowsExactly<ParquetFileException>(() => Reader.Read(Path.Combine(_folder, "none.parquet")).Count());
        Assert.ThrowsExactly<ParquetFileException>(() => Reader.Inspect(_folder));
    }

    [TestMethod]
    public void A_cancelled_read_stops_and_the_reader_goes_on()
    {
        string file = Write("some.parquet", ColumnsOf.Int64("x", [.. Enumerable.Range(0, 100_000).Select(i => (long?)i)]));
        var reader = Reader;
        using var source = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(() =>
        {
            foreach (var batch in reader.Read(file, cancellation: source.Token)) source.Cancel();
        });
        Assert.AreEqual(0L, reader.Read(file).First().Column<ValueColumn<long>>("x").Values[0]);
        Assert.AreEqual(100_000, reader.Read(file).Sum(b => b.RowCount));
    }

    private string Write(string name, params Column[] columns)
    {
        string file = Path.Combine(_folder, name);
        using var writer = Writer.Create(file, [.. columns.Select(c => c.Field)]);
        writer.Append(columns, columns[0].Count);
        writer.Complete();
        return file;
    }

    private static long[] Nanoseconds(ColumnBatch batch, string name)
    {
        var column = batch.Column<ValueColumn<long>>(name);
        long scale = column.Field.Unit switch
        {
            TimestampUnit.Seconds => 1_000_000_000,
            TimestampUnit.Milliseconds => 1_000_000,
            TimestampUnit.Microseconds => 1_000,
            _ => 1,
        };
        return [.. column.Values.ToArray().Select(v => v * scale)];
    }
}
