using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class ItemReconciliationTests
{
    [TestMethod]
    [DataRow("the majority wins", "B|A|B", "0|0|0", "B")]
    [DataRow("young votes count more", "OLD|OLD|OLD|NEW|NEW", "900|900|900|0|0", "NEW")]
    [DataRow("case and blanks vote together", "Red  Lamp |RED LAMP|Red Lamp|BLUE|BLUE", "0|0|0|0|0", "Red Lamp")]
    [DataRow("ties go to the first in order", "B|A", "0|0", "A")]
    [DataRow("question marks lose", "??|??|LAMP", "0|0|0", "LAMP")]
    [DataRow("remarks lose", "damaged|wrongly coded 20713|thrown away|check|LAMP", "0|0|0|0|90", "LAMP")]
    [DataRow("lower case loses to print", "lamp found in the back|lamp found in the back|LAMP", "0|0|0", "LAMP")]
    [DataRow("a lower-case shop keeps its titles", "lamp|lamp|shade", "0|0|0", "lamp")]
    [DataRow("a remark is no title", "?|damages", "0|0", null)]
    public void One_title_is_elected(string rule, string votes, string ages, string? expected)
    {
        var texts = new IdMap();
        var of = votes.Split('|').Select(v => texts.Add(v)).ToArray();
        var election = new TitleResolver(texts, new TitleOptions());

        Assert.AreEqual(expected, election.Elect(of, ages.Split('|').Select(double.Parse).ToArray()), rule);
    }

    [TestMethod]
    public void Prices_are_medians_and_conflicts_are_counted()
    {
        using var night = new IngestStep(s => s.Columns.Text = "text");
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"),
            ("user", new[] { "u", "v", "w", "u", "v", "u" }),
            ("item", new[] { "x", "x", "x", "y", "y", "z" }),
            ("time", new[] { 1L, 2L, 3L, 4L, 5L, 6L }),
            ("quantity", new[] { 1, 1, 1, 1, 1, 1 }),
            ("price", new[] { 1.0, 9.0, 2.0, 4.0, 4.0, 0.0 }),
            ("invoice", new[] { "1", "2", "3", "4", "5", "6" }),
            ("text", new[] { "LAMP", "LAMP BLUE", "LAMP", "?", "?", "TOY" }));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { 2, 4, double.NaN }, result.Catalog.Prices);
        CollectionAssert.AreEqual(new[] { "LAMP", null, "TOY" }, result.Catalog.Titles);
        Assert.AreEqual(new ItemConflicts(1, 0, 1, 1, 1, 0), result.Report.Conflicts);
        Assert.AreEqual(0ul, result.Catalog.TextHashes[1]);
        Assert.AreNotEqual(result.Catalog.TextHashes[0], result.Catalog.TextHashes[2]);
    }

    [TestMethod]
    [DataRow("LAMP", "acme", null, "lamp ", "ACME", "another text", true)]
    [DataRow("LAMP", "acme", null, "lamp", "other", null, false)]
    [DataRow(null, "acme", "A blue lamp", null, "acme", "a  blue lamp", true)]
    [DataRow(null, "acme", "A blue lamp", null, "acme", "a red lamp", false)]
    public void A_product_is_its_title_and_brand_or_its_description(
        string? title, string? brand, string? text, string? title2, string? brand2, string? text2, bool isOne) =>
        Assert.AreEqual(isOne, ProductHash.Of(title, brand, text) == ProductHash.Of(title2, brand2, text2));

    [TestMethod]
    public void A_brand_alone_makes_no_two_items_one_product() => Assert.AreEqual(0ul, ProductHash.Of(null, "acme", null));

    [TestMethod]
    public void An_item_is_for_sale_since_the_table_says_or_its_first_event()
    {
        const long Day = 86_400;
        using var night = new IngestStep();
        night.Options.Items = new ItemSourceOptions { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Added = "added" } };
        night.Log("a.parquet", ("u", "1", 20 * Day, 1, 3, "1"), ("v", "1", 9 * Day, 1, 3, "2"), ("v", "2", 30 * Day, 1, 3, "3"));
        night.Parquet.Add(
            night.Options.Items.Path, ("id", new[] { "2", "9", "10", "1" }), ("added", new[] { "1970-01-11", "1970-01-21", "no date", null }));

        var result = night.Run();

        var added = Enumerable.Range(0, 4).ToDictionary(i => result.Items.Text(i), i => result.Catalog.Added![i] / Day);
        Assert.AreEqual((9, 10, 20, 0), (added["1"], added["2"], added["9"], added["10"]));
        Assert.AreEqual(30, result.Report.NewDays, "too few items say how long they wait");
        Assert.AreEqual(new NewItemHabits(result.Report.Validation.NewItemShare, 30), IngestArtifacts.ReadNewItems(night.LastOutput));
        CollectionAssert.AreEqual(result.Catalog.Added, IngestArtifacts.ReadCatalog(night.LastOutput).Added);
    }

    [TestMethod]
    public void New_is_as_long_as_nine_in_ten_items_take_to_sell()
    {
        const long Day = 86_400;
        using var night = new IngestStep();
        night.Options.Items = new ItemSourceOptions { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Added = "added" } };
        // Item i was added on day 1 and sold first i days later; item 99 was there before the log began.
        night.Log(
            "a.parquet",
            [
                ("u", "99", Day, 1, 3, "0"),
                .. Enumerable.Range(0, 21)
                    .Select(i => ((string?)"v", (string?)$"{i}", (long?)((1 + i) * Day), (int?)1, (double?)3, (string?)$"i{i}")),
            ]);
        night.Parquet.Add(
            night.Options.Items.Path, ("id", Enumerable.Range(0, 21).Select(i => $"{i}").Append("99").ToArray()),
            ("added", Enumerable.Repeat(Day, 21).Append(0).ToArray()));

        Assert.AreEqual(18, night.Run().Report.NewDays);
        night.Options.NewDays = 5;
        Assert.AreEqual(5, night.Run().Report.NewDays);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Items_that_sold_before_they_were_added_have_not_waited(bool isStandIn)
    {
        const long Day = 86_400;
        using var night = new IngestStep();
        night.Options.UnreadableFiles = UnreadableFilePolicy.Skip;
        night.Options.Items = new ItemSourceOptions { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Added = "added" } };
        // Items 0 to 24 sold ten days after they were added; 250 more sold on day 20, and the table is silent of them or lists them again on day 40.
        night.Log(
            "a.parquet",
            [
                ("u", "0", Day, 1, 3, "0"),
                .. Enumerable.Range(0, 275)
                    .Select(i => ((string?)$"v{i}", (string?)$"{i}", (long?)((i < 25 ? 12 : 20) * Day), (int?)1, (double?)3, (string?)$"i{i}")),
            ]);
        night.Parquet.Add(
            night.Options.Items.Path, ("id", Enumerable.Range(0, 275).Select(i => $"{i}").ToArray()),
            ("added", Enumerable.Range(0, 275).Select(i => i < 25 ? 2 * Day : isStandIn ? (long?)null : 40 * Day).ToArray()));
        var result = night.Run();
        if (isStandIn)
        {
            Assert.AreEqual(10, result.Report.NewDays);
            night.Parquet.Break(night.Options.Items.Path);
            result = night.Run(night.LastState);
            Assert.AreEqual(1, result.Report.UnreadableTables.Count);
        }

        Assert.AreEqual(10, result.Report.NewDays);
    }

    [TestMethod]
    public void Items_in_quantities_of_another_order_are_named()
    {
        using var night = new IngestStep();
        (string?, string?, long?, int?, double?, string?)[] Sales(int fuel) =>
        [
            .. from item in Enumerable.Range(0, 6)
               from user in Enumerable.Range(0, 3)
               select ((string?)$"u{user}", (string?)(item == 5 ? "fuel" : $"i{item}"), (long?)(item * 10 + user),
                   (int?)(item == 5 ? fuel : 1 + user), (double?)1, (string?)$"{user}"),
        ];
        night.Log("a.parquet", Sales(fuel: 42_000));
        StringAssert.Contains(
            Heard(night).Single(n => n.Contains("another order", StringComparison.Ordinal)),
            "1 items are bought in quantities of another order than the usual 2: fuel with 42000");

        using var usual = new IngestStep();
        usual.Log("a.parquet", Sales(fuel: 60));
        Assert.IsFalse(Heard(usual).Any(n => n.Contains("another order", StringComparison.Ordinal)));

        static IReadOnlyList<string> Heard(IngestStep night)
        {
            var heard = new Heard();
            new IngestStage(night.Parquet, night.Parquet).Run(
                new IngestInputs(), night.Options, Path.Combine(night.Folder, "out"), StageContext.Quiet(1) with { Progress = heard });
            return heard.Notes;
        }
    }

    [TestMethod]
    public void The_item_table_rules_over_the_log_and_brings_cold_items()
    {
        using var night = new IngestStep();
        night.Options.NonProducts.Add("^gift$");
        night.Options.Items = new ItemSourceOptions
        {
            Path = Path.Combine(night.Folder, "items.parquet"),
            Columns = new() { Id = "id", Title = "title", Category = ["department", "aisle"], Brand = "brand", Price = "price", Stock = "stock" },
        };
        night.Log("a.parquet", ("u", "1", 10, 1, 3, "1"), ("v", "2", 20, 1, 3, "2"), ("v", "7", 30, 1, 3, "2"));
        night.Parquet.Add(
            night.Options.Items.Path,
            ("id", new[] { "2", "1", "9", "1", "gift" }),
            ("title", new[] { "Soap", "Tea", "Cup", "Green tea", "Voucher" }),
            ("department", new[] { "HOME", "FOOD", "HOME", "FOOD", "X" }),
            ("aisle", new[] { "Bath", "Drinks", null, "Drinks", "X" }),
            ("brand", new string?[] { null, "Leaf", null, "Leaf", null }),
            ("price", new double?[] { 2, null, 5, null, 1 }),
            ("stock", new[] { 0, 3, 4, 5, 9 }));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "Green tea", "Soap", null, "Cup" }, result.Catalog.Titles);
        CollectionAssert.AreEqual(new[] { "FOOD/Drinks", "HOME/Bath", null, "HOME" }, result.Catalog.Categories);
        CollectionAssert.AreEqual(new double[] { 3, 2, 3, 5 }, result.Catalog.Prices);
        CollectionAssert.AreEqual(new[] { true, false, false, true }, result.Catalog.Available);
        Assert.AreEqual(1, result.Report.Conflicts.RepeatedInItemTable);
        var unknown = result.Report.Constraints.Single(c => c.Name == "data.unknown_item_share");
        Assert.AreEqual(1 / 3.0, unknown.Value, 1e-12);
        Assert.AreEqual(4, result.Interactions.Items);
    }

    [TestMethod]
    public void Ids_that_went_through_a_float_are_shown_and_mended_by_an_option()
    {
        using var night = new IngestStep();
        night.Options.Items = new ItemSourceOptions { Path = Path.Combine(night.Folder, "items.parquet"), Columns = new() { Id = "id", Title = "title" } };
        night.Log("a.parquet", ("u", "17", 10, 1, 3, "1"), ("v", "18", 20, 1, 3, "2"));
        night.Parquet.Add(night.Options.Items.Path, ("id", new[] { "17.0", "18.0" }), ("title", new[] { "Tea", "Soap" }));

        var unknown = night.Run().Report.Constraints.Single(c => c.Name == "data.unknown_item_share");
        Assert.AreEqual(1, unknown.Value);
        StringAssert.Contains(unknown.Message, "(the log has '17', the table '17.0')");

        night.Options.StripDecimalZero = true;
        var mended = night.Run();
        CollectionAssert.AreEqual(new[] { "Tea", "Soap" }, mended.Catalog.Titles);
        Assert.AreEqual(0, mended.Report.Constraints.Single(c => c.Name == "data.unknown_item_share").Value);
    }

    [TestMethod]
    public void Segments_are_aligned_with_users()
    {
        using var night = new IngestStep();
        night.Options.Users = new UserSourceOptions { Path = Path.Combine(night.Folder, "users.parquet"), Id = "id", Segment = "segment" };
        night.Log("a.parquet", ("7", "x", 10, 1, 3, "1"), ("8", "y", 20, 1, 3, "2"));
        night.Parquet.Add(night.Options.Users.Path, ("id", new[] { 8, 9 }), ("segment", new[] { "gold", "new" }));

        night.Run();

        CollectionAssert.AreEqual(new[] { null, "gold" }, IngestArtifacts.ReadSegments(night.LastOutput));
    }

    [TestMethod]
    public void Segments_with_the_name_of_a_page_are_left_out_and_said()
    {
        using var night = new IngestStep();
        night.Options.Users = new UserSourceOptions { Path = Path.Combine(night.Folder, "users.parquet"), Id = "id", Segment = "segment" };
        night.Log("a.parquet", ("7", "x", 10, 1, 3, "1"), ("8", "y", 20, 1, 3, "2"));
        night.Parquet.Add(night.Options.Users.Path, ("id", new[] { 7, 8 }), ("segment", new[] { new string('x', 1_024), new string('é', 513) }));
        var heard = new Heard();

        var result = new IngestStage(night.Parquet, night.Parquet).Run(
            new IngestInputs(), night.Options, Path.Combine(night.Folder, "out"), StageContext.Quiet(1) with { Progress = heard });

        CollectionAssert.AreEqual(new[] { new string('x', 1_024), null }, result.Segments);
        Assert.IsTrue(heard.Notes.Any(n => n.StartsWith("1 of 2 rows of the user table have a segment of more than 1,024 bytes", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void An_item_table_that_is_not_there_is_an_error_with_its_key()
    {
        using var night = new IngestStep();
        night.Options.Items = new ItemSourceOptions { Path = "nowhere", Columns = new() { Id = "id" } };
        night.Log("a.parquet", ("7", "x", 10, 1, 3, "1"));

        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Run()).Message, "Ingest:Items:Path is 'nowhere'");
    }
}
