using System.Numerics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Parquet.Columns;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>Values as other programs spell them.</summary>
[TestClass]
internal sealed class SpellingTests
{
    [TestMethod]
    [DataRow("12.5", 12.5)]
    [DataRow(" 12 ", 12)]
    [DataRow("+5", 5)]
    [DataRow("-1e3", -1000)]
    [DataRow("1,234.50", 1234.5)]
    [DataRow("1.234,50", 1234.5)]
    [DataRow("1,234,567", 1_234_567)]
    [DataRow("1.234.567", 1_234_567)]
    [DataRow("12,50", 12.5)]
    [DataRow("0,125", 0.125)]
    [DataRow("$12.50", 12.5)]
    [DataRow("12,50 \u20AC", 12.5)]
    [DataRow("1\u00A0234,5", 1234.5)]
    public void Number_that_an_exporter_prints_is_read(string text, double expected)
    {
        Assert.IsTrue(NumberText.TryParse(Utf8(text), out double value));
        Assert.AreEqual(expected, value);
    }

    [TestMethod]
    [DataRow("1,234")]
    [DataRow("")]
    [DataRow("free")]
    [DataRow("1,2,3")]
    [DataRow("1.23.4")]
    [DataRow("1e999")]
    [DataRow("12 pcs")]
    public void Number_that_is_none_or_could_be_two_is_refused(string text) => Assert.IsFalse(NumberText.TryParse(Utf8(text), out _));

    [TestMethod]
    [DataRow("Y", true)]
    [DataRow("no", false)]
    [DataRow("TRUE", true)]
    [DataRow("f", false)]
    [DataRow("1", true)]
    [DataRow("0.0", false)]
    [DataRow(" In Stock ", true)]
    [DataRow("sold_out", false)]
    [DataRow("https://schema.org/InStock", true)]
    [DataRow("NULL", null)]
    public void Flag_of_the_words_that_shops_print_is_understood(string text, bool? expected)
    {
        Assert.AreEqual(expected, FlagText.Of(ColumnsOf.Text("f", text), 0, out bool understood));
        Assert.IsTrue(understood);
    }

    [TestMethod]
    public void Flag_of_another_word_is_not_understood()
    {
        Assert.IsNull(FlagText.Of(ColumnsOf.Text("f", "preorder"), 0, out bool understood));
        Assert.IsFalse(understood);
    }

    [TestMethod]
    public void Cell_of_one_number_has_one_spelling_in_every_type()
    {
        Column[] columns = [ColumnsOf.Int32("n", 1001), ColumnsOf.Int64("n", 1001), ColumnsOf.Double("n", 1001), ColumnsOf.Text("n", "1001")];

        foreach (var column in columns) Assert.AreEqual("1001", CellText.Shown(column, 0), column.Field.Type.ToString());
        Assert.IsTrue(CellText.IsNull(ColumnsOf.Double("n", double.NaN), 0));
        Assert.IsNull(CellText.Shown(null, 0));
    }

    [TestMethod]
    [DataRow("9007199254740993", 0)]
    [DataRow("-9007199254740993", 1)]
    [DataRow("99999999999999999999999999999999999999", 10)]
    [DataRow("123456789012345678901234567890", 25)]
    [DataRow("1", 30)]
    [DataRow("235", 2)]
    public void Decimal_becomes_the_double_that_is_nearest(string digits, int scale)
    {
        var value = BigInteger.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        double expected = double.Parse($"{digits}E-{scale}", System.Globalization.CultureInfo.InvariantCulture);
        var found = new double[1];

        Conversions.DecimalBytes(scale)([value.ToByteArray(isBigEndian: true)], found);
        Assert.AreEqual(expected, found[0]);
        if (value >= long.MinValue && value <= long.MaxValue)
        {
            Conversions.Decimal64(scale)([(long)value], found);
            Assert.AreEqual(expected, found[0]);
        }
        if (value >= int.MinValue && value <= int.MaxValue)
        {
            Conversions.Decimal32(scale)([(int)value], found);
            Assert.AreEqual(expected, found[0]);
        }
    }

    [TestMethod]
    [DataRow("1250", 2, "12.5")]
    [DataRow("1200", 2, "12")]
    [DataRow("-5", 3, "-0.005")]
    [DataRow("99999999999999999999", 0, "99999999999999999999")]
    public void Digits_of_a_decimal_are_exact_and_have_no_idle_zeros(string value, int scale, string expected)
    {
        var into = new byte[Digits.MaxLength];
        int length = Digits.OfBytes(scale)(BigInteger.Parse(value, System.Globalization.CultureInfo.InvariantCulture).ToByteArray(isBigEndian: true), into);
        Assert.AreEqual(expected, System.Text.Encoding.ASCII.GetString(into, 0, length));
        Assert.AreEqual("18446744073709551615", System.Text.Encoding.ASCII.GetString(into, 0, Digits.Unsigned(-1, into)));
    }

    [TestMethod]
    [DataRow(2_455_897, 1_322_697_605L)]
    [DataRow(int.MaxValue, 185_331_720_297_605L)]
    public void Time_of_Impala_runs_over_no_day(int day, long expected)
    {
        const long Nanoseconds = 5_999_999_999;
        var seconds = new long[1];
        Conversions.ImpalaSeconds([new global::Parquet.File.Values.Primitives.Interval(unchecked((int)Nanoseconds), (int)(Nanoseconds >> 32), day)], seconds);
        Assert.AreEqual(expected, seconds[0]);
    }

    [TestMethod]
    public void Role_suggests_only_types_that_it_reads()
    {
        foreach (var role in Enum.GetValues<ColumnRole>())
            foreach (var type in Enum.GetValues<ColumnType>())
                if (role.Suggests(type)) Assert.IsTrue(role.Accepts(type), $"{role} {type}");
    }

    private static byte[] Utf8(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
