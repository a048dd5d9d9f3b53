using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Text columns whose rows come as codes of a dictionary, and those beside them.</summary>
[TestClass]
internal sealed class CodedTextTests
{
    [TestMethod]
    public void Rows_of_a_dictionary_come_as_its_codes()
    {
        var column = Read(Of(4, Dictionary("ann", "bob", "cy"), Indices(2, 0, 2, 1))).Single();
        Assert.IsNotNull(column.Dictionary);
        CollectionAssert.AreEqual(new[] { 2, 0, 2, 1 }, column.Codes.ToArray());
        CollectionAssert.AreEqual(new[] { "cy", "ann", "cy", "bob" }, Texts(column));
        Assert.AreEqual("cyanncybob", Encoding.UTF8.GetString(column.Bytes));
        CollectionAssert.AreEqual(new[] { 0, 2, 5, 7, 10 }, column.Offsets.ToArray());
    }

    [TestMethod]
    public void Rows_without_a_value_have_no_code()
    {
        // Levels of four rows in one bit-packed run: 1, 0, 0, 1.
        byte[] levels = [2, 0, 0, 0, 3, 0b1001];
        var made = Of(4, Dictionary("ann", "bob"), HandMadeFile.Page([.. levels, 1, 3, 0b01], 4, PageEncoding.RleDictionary));
        made.Repetition = Repetition.Optional;
        var column = Read(made).Single();
        CollectionAssert.AreEqual(new[] { 1, -1, -1, 0 }, column.Codes.ToArray());
        Assert.AreEqual(2, column.NullCount);
        CollectionAssert.AreEqual(new[] { "bob", "", "", "ann" }, Texts(column));
    }

    [TestMethod]
    public void Writer_that_gave_up_its_dictionary_gives_two_batches()
    {
        var columns = Read(Of(5, Dictionary("ann", "bob"), Indices(1, 0), HandMadeFile.Page(Plain("cy", "", "dee"), 3)));
        Assert.HasCount(2, columns);
        Assert.IsNull(columns[1].Dictionary);
        CollectionAssert.AreEqual(new[] { "bob", "ann", "cy", "", "dee" }, columns.SelectMany(Texts).ToArray());
    }

    [TestMethod]
    public void Index_beyond_the_dictionary_is_refused() =>
        StringAssert.Contains(Refusal(Of(2, Dictionary("ann", "bob"), HandMadeFile.Page([3, 2, 0, 2, 7], 2, PageEncoding.RleDictionary))), "column 'x'");

    [TestMethod]
    public void Dictionary_that_ends_amid_a_text_is_refused() =>
        StringAssert.Contains(
            Refusal(Of(2, HandMadeFile.Page([9, 0, 0, 0, 65, 66], 1, kind: PageKind.Dictionary), Indices(0, 0))), "reaches beyond its end");

    [TestMethod]
    public void Page_that_ends_amid_a_text_is_refused() =>
        StringAssert.Contains(Refusal(Of(2, HandMadeFile.Page([1, 0, 0, 0, 65, 9, 0, 0, 0, 66], 2))), "reaches beyond its end");

    [TestMethod]
    public void Bytes_that_are_no_text_matter_where_a_row_has_them()
    {
        byte[] entries = [.. Plain("ann"), 1, 0, 0, 0, 0xFF];
        byte[] dictionary = HandMadeFile.Page(entries, 2, kind: PageKind.Dictionary);
        CollectionAssert.AreEqual(new[] { "ann", "ann" }, Texts(Read(Of(2, dictionary, Indices(0, 0))).Single()));
        StringAssert.Contains(Refusal(Of(2, dictionary, Indices(0, 1))), "not UTF-8");
    }

    [TestMethod]
    public void Rows_that_repeat_a_long_text_are_no_more_than_a_batch_may_have()
    {
        string text = new('x', 1 << 20);
        // 200 times the code 0, as one run.
        var made = Of(200, Dictionary(text), HandMadeFile.Page([1, 0x90, 0x03, 0], 200, PageEncoding.RleDictionary));
        var columns = Read(made);
        Assert.AreEqual(200, columns.Sum(c => c.Count));
        Assert.IsTrue(columns.Count >= 2 && columns.TrueForAll(c => c.Count <= 128), string.Join(' ', columns.Select(c => c.Count)));
        Assert.AreEqual(text.Length * columns[0].Count, columns[0].Bytes.Length);
    }

    private static byte[] Plain(params string[] texts) =>
        [.. texts.SelectMany(t => BitConverter.GetBytes(Encoding.UTF8.GetByteCount(t)).Concat(Encoding.UTF8.GetBytes(t)))];

    private static byte[] Dictionary(params string[] texts) => HandMadeFile.Page(Plain(texts), texts.Length, kind: PageKind.Dictionary);

    // Eight bits an index, each in a run of its own.
    private static byte[] Indices(params byte[] codes) =>
        HandMadeFile.Page([8, .. codes.SelectMany(code => new byte[] { 2, code })], codes.Length, PageEncoding.RleDictionary);

    private static HandMadeFile Of(int rows, params byte[][] pages)
    {
        var made = new HandMadeFile { Type = PhysicalType.Bytes, Rows = rows, Values = rows, Logical = footer => footer.Int32(6, 0) };
        made.Pages.AddRange(pages);
        return made;
    }

    private static string[] Texts(Utf8Column column) => [.. Enumerable.Range(0, column.Count).Select(row => Encoding.UTF8.GetString(column[row]))];

    private static string Refusal(HandMadeFile made) => Assert.ThrowsExactly<ParquetFileException>(() => Read(made)).Cause;

    // Columns are valid until the reader moves on, so what is kept of them is a copy.
    private static List<Utf8Column> Read(HandMadeFile made)
    {
        string file = Path.GetTempFileName();
        try
        {
            return [.. ParquetFiles.Reader().Read(made.WriteTo(file)).Select(batch => Copy(batch.Column<Utf8Column>("x")))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Utf8Column Copy(Utf8Column of)
    {
        ulong[]? validity = of.Validity?.ToArray();
        return of.Dictionary is { } dictionary ? new(of.Field, of.Count, dictionary, of.Codes.ToArray(), validity)
            : new(of.Field, of.Count, of.Offsets.ToArray(), of.Bytes.ToArray(), validity);
    }
}
