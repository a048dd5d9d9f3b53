using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class ReviewReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-reviews-").FullName;
    private readonly FakeParquet _parquet = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Rows_are_read_with_reasons_for_those_left_out()
    {
        Table(
            ["cup", "cup", "jar", "cup", "nothing", null, "cup"], ["zoe", "ann", null, "ann", "ann", "ann", "eve"], [30, 20, 10, 20, 1, 1, null],
            [5, 1.5, null, null, 5, 5, double.NaN], ["  good ", "bad", "so so", null, "x", "x", "well"]);

        var log = Reader().Read(Items(), StageContext.Quiet(1))!;

        Assert.AreEqual(
            "cup - eve 0 NaN well; cup - ann 20 1.5 bad; cup - zoe 30 5 good; jar - nobody 10 NaN so so",
            string.Join("; ", log.Rows.Select(r => FormattableString.Invariant(
                $"{(r.Item == 1 ? "cup" : "jar")} - {(r.Author < 0 ? "nobody" : new[] { "ann", "eve", "zoe" }[r.Author])} {r.Second} {r.Rating} {r.Text}"))));
        Assert.AreEqual("empty 1, unknown_item 2", string.Join(", ", log.LeftOut.Select(l => $"{l.Key} {l.Value}")));
        Assert.HasCount(1, Reader().Sources());
    }

    [TestMethod]
    public void Authors_who_were_forgotten_are_not_read()
    {
        Table(["cup", "cup"], ["ann", "bob"], [1, 2], [5, 1], ["good", "bad"]);
        var suppressed = SuppressionList.Open(_folder, new PrivacyOptions());
        suppressed.Add(["bob"u8.ToArray()], DateTimeOffset.UnixEpoch);

        var log = Reader(suppressed: suppressed).Read(Items(), StageContext.Quiet(1))!;

        Assert.AreEqual("good", log.Rows.Single().Text);
        Assert.AreEqual(1, log.LeftOut["forgotten"]);
        Assert.HasCount(2, Reader(suppressed: suppressed).Sources(), "another list of them is another input");
    }

    [TestMethod]
    public void A_long_text_is_cut_and_a_broken_time_is_none()
    {
        _parquet.Add(
            Path.Combine(_folder, "table", "a.parquet"), ("what", new[] { "cup" }), ("who", new[] { "ann" }), ("at", new[] { "soon" }),
            ("stars", new[] { "n/a" }), ("text", new[] { new string('x', 3_999) + "\U0001F600" + "y" }));

        var row = Reader().Read(Items(), StageContext.Quiet(1))!.Rows.Single();

        Assert.AreEqual((0u, 3_999, true), (row.Second, row.Text!.Length, float.IsNaN(row.Rating)));
    }

    [TestMethod]
    public void A_wrong_path_or_column_is_named_with_its_key()
    {
        Table(["cup"], ["ann"], [1], [5], ["good"]);
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => Reader(path: "nowhere").Read(Items(), StageContext.Quiet(1))).Message,
            "Places:Reviews:Path is 'nowhere'");
        StringAssert.Contains(
            Assert.ThrowsExactly<ConfigurationException>(() => Reader(text: "words").Read(Items(), StageContext.Quiet(1))).Message,
            "Places:Reviews:Columns:Text is 'words'");
        var check = new OptionsCheck("Places:Reviews");
        new ReviewsOptions { Path = "x", NegativeTo = 4 }.Validate(check);
        foreach (string key in (string[])["Columns:Item", "Columns:Author", "Columns:Text", "NegativeTo"])
            Assert.IsTrue(check.Faults.Any(f => f.Contains(key, StringComparison.Ordinal)), key);
    }

    [TestMethod]
    public void Without_a_path_there_is_no_table()
    {
        Assert.IsNull(Reader(path: null).Read(Items(), StageContext.Quiet(1)));
        Assert.HasCount(0, Reader(path: null).Sources());
    }

    private static IdMap Items()
    {
        var items = new IdMap(4);
        items.Add("mug");
        items.Add("cup");
        items.Add("jar");
        return items;
    }

    private void Table(string?[] items, string?[] authors, long?[] seconds, double?[] stars, string?[] texts) => _parquet.Add(
        Path.Combine(_folder, "table", "reviews.parquet"), ("what", items), ("who", authors), ("at", seconds), ("stars", stars), ("text", texts));

    private ReviewReader Reader(string? path = "", string text = "text", SuppressionList? suppressed = null) => new(
        new ReviewsOptions
        {
            Path = path == "" ? Path.Combine(_folder, "table") : path,
            Columns = new ReviewColumns { Item = "what", Author = "who", Time = "at", Rating = "stars", Text = text },
        },
        new IngestOptions(), _parquet, suppressed);
}
