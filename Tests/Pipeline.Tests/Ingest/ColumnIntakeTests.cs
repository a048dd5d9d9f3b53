using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class ColumnIntakeTests
{
    [TestMethod]
    [DataRow("1970-01-02", 86_400L)]
    [DataRow("2011-12-01 08:26", 1_322_727_960L)]
    [DataRow("2011-12-01T08:26:05", 1_322_727_965L)]
    [DataRow("2011-12-01T08:26:05.123456Z", 1_322_727_965L)]
    [DataRow(" 2011-12-01T09:26:05+01:00", 1_322_727_965L)]
    [DataRow("2011-12-01T03:56:05-0430", 1_322_727_965L)]
    public void Iso_times_are_read(string text, long expected)
    {
        Assert.IsTrue(IsoTime.TryParse(text, out long seconds));
        Assert.AreEqual(expected, seconds);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("yesterday")]
    [DataRow("2011-02-30")]
    [DataRow("2011-13-01")]
    [DataRow("2011/12/01")]
    [DataRow("2011-12-01T25:00")]
    [DataRow("2011-12-01T08:26:05X")]
    [DataRow("2011-12-01T08:26:05+1")]
    public void What_is_no_iso_time_is_refused(string text) => Assert.IsFalse(IsoTime.TryParse(text, out _));

    [TestMethod]
    [DataRow("2011/12/01 08:26", 1_322_727_960L)]
    [DataRow("2011.12.01 8:26:05", 1_322_727_965L)]
    [DataRow("20111201", 1_322_697_600L)]
    [DataRow("20111201T082605Z", 1_322_727_965L)]
    [DataRow("20111201082605", 1_322_727_965L)]
    [DataRow("2011-12-01 08:26:05.000 UTC", 1_322_727_965L)]
    [DataRow("2011-12-01 08:26:05.000 +0000", 1_322_727_965L)]
    [DataRow("2011-12-01 09:26:05+01", 1_322_727_965L)]
    [DataRow("2011-12-01 08:26:05,123", 1_322_727_965L)]
    [DataRow("2011-12-01 08:26:05 +0000 UTC", 1_322_727_965L)]
    [DataRow("01.12.2011 08:26", 1_322_727_960L)]
    [DataRow("01-Dec-2011 08:26:05 AM", 1_322_727_965L)]
    [DataRow("01-DEC-11 08.26.05.000000 PM", 1_322_771_165L)]
    [DataRow("Dec 1, 2011 8:26 AM", 1_322_727_960L)]
    [DataRow("Thu, 01 Dec 2011 08:26:05 GMT", 1_322_727_965L)]
    public void Times_as_exporters_print_them_are_read(string text, long expected)
    {
        Assert.IsTrue(TimeText.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out long seconds));
        Assert.AreEqual(expected, seconds, text);
    }

    [TestMethod]
    [DataRow("3/4/2011")]
    [DataRow("2011-13-01 08:26 UTC")]
    [DataRow("01-Foo-2011")]
    [DataRow("1 Dec 2011 13:00 PM")]
    public void Times_that_are_none_or_could_be_two_are_refused(string text) =>
        Assert.IsFalse(TimeText.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out _));

    [TestMethod]
    [DataRow(TimestampUnit.Seconds, "1322727965")]
    [DataRow(TimestampUnit.Milliseconds, "1322727965999")]
    [DataRow(TimestampUnit.Seconds, "1322727965.5")]
    public void Times_as_text_of_a_number_count_in_the_epoch_unit(TimestampUnit unit, string text)
    {
        var (statuses, seconds) = (new RowStatus[3], new uint[3]);

        TimeColumn.Read(Recsys.Batch.Pipeline.Tests.Parquet.ColumnsOf.Text("t", text, "NULL", "99999999999999999999"), unit, statuses, seconds);

        Assert.AreEqual(1_322_727_965u, seconds[0]);
        CollectionAssert.AreEqual(new[] { RowStatus.Kept, RowStatus.NullTime, RowStatus.TimeOutOfRange }, statuses);
    }

    [TestMethod]
    [DataRow(TimestampUnit.Seconds, 1_322_727_965L)]
    [DataRow(TimestampUnit.Milliseconds, 1_322_727_965_999L)]
    [DataRow(TimestampUnit.Microseconds, 1_322_727_965_999_999L)]
    [DataRow(TimestampUnit.Nanoseconds, 1_322_727_965_999_999_999L)]
    public void Timestamps_of_every_unit_are_cut_to_seconds(TimestampUnit unit, long ticks)
    {
        var statuses = new RowStatus[3];
        var seconds = new uint[3];

        TimeColumn.Read(
            new ValueColumn<long>(new("t", ColumnType.Timestamp, Unit: unit), 3, [ticks, -1, long.MaxValue]), TimestampUnit.Seconds, statuses, seconds);

        Assert.AreEqual(1_322_727_965u, seconds[0]);
        Assert.AreEqual(RowStatus.TimeOutOfRange, statuses[1], "a tick before 1970 is not 1970");
        Assert.AreEqual(RowStatus.TimeOutOfRange, statuses[2], "after 2106");
    }

    [TestMethod]
    public void Ids_may_be_whole_doubles_but_not_fractions_or_broken_text()
    {
        var ids = new IdMap();
        var statuses = new RowStatus[4];
        var indices = new int[4];

        new IdEncoder(ids, 8, RowStatus.NullItem)
            .Take(new ValueColumn<double>(new("i", ColumnType.Double), 4, [17850, 1.5, double.NaN, 17850]), statuses, indices);

        CollectionAssert.AreEqual(new[] { RowStatus.Kept, RowStatus.UnreadableId, RowStatus.UnreadableId, RowStatus.Kept }, statuses);
        Assert.AreEqual("17850", ids.Text(indices[3]));

        statuses = new RowStatus[3];
        new IdEncoder(ids, 8, RowStatus.NullItem)
            .Take(new Utf8Column(new("i", ColumnType.Utf8), 3, [0, 2, 4, 9], [0xC3, 0x28, 0x20, 0x20, .. "17850"u8]), statuses, new int[3]);
        CollectionAssert.AreEqual(new[] { RowStatus.InvalidUtf8, RowStatus.NullItem, RowStatus.Kept }, statuses);
        Assert.AreEqual(1, ids.Count);
    }

    [TestMethod]
    [DataRow("P5 R3", "2 0")]
    [DataRow("R3 P5", "3 5")]
    [DataRow("P2 P4 R5", "1 0 0")]
    [DataRow("P2 R5 P4", "0 3 4")]
    [DataRow("P1 P1 P1 R1 R1", "1 0 0 0 0")]
    public void Returns_take_from_the_youngest_purchase_before_them(string events, string left)
    {
        var kinds = events.Split(' ').Select(e => e[0] == 'P' ? EventKind.Purchase : EventKind.Return).ToArray();
        var amounts = events.Split(' ').Select(e => (float)(e[1] - '0')).ToArray();

        new ReturnNetting().Net(kinds, amounts);

        Assert.AreEqual(left, string.Join(' ', amounts));
    }

    [TestMethod]
    public void Fates_have_the_names_that_reports_show()
    {
        Assert.AreEqual("null_user", RowStatus.NullUser.Name());
        Assert.AreEqual("invalid_utf8", RowStatus.InvalidUtf8.Name());
        Assert.IsTrue(Enum.GetValues<RowStatus>().All(f => (f == RowStatus.Kept ? 1 : 0) + (f.IsMerged() ? 1 : 0) + (f.IsQuarantined() ? 1 : 0) == 1));
    }
}
