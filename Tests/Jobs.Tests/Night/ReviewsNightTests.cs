using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>A shop's table of reviews, through the command line.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ReviewsNightTests
{
    private const string Section =
        """
        "Places": {
          "Lists": { "MinItems": 1 },
          "Reviews": { "Path": "./reviews", "Columns": { "Item": "item", "Author": "author", "Time": "time", "Rating": "stars", "Text": "text" } }
        }
        """;

    [TestMethod]
    public async Task Reviews_are_a_table_of_the_version_and_the_forgotten_leave_it()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), Section);
        Reviews(shop, Made());

        var night = Json(await shop.Run("run", "nightly", "--json"));

        string version = (string)night["version"]!;
        var rows = Table(shop, version);
        Assert.AreEqual("i00 20, i01 20, i02 2", string.Join(", ", rows.Select(r => $"{r.Item} {r.Reviews}")));
        Assert.IsTrue(rows[0].Sentiment > 0.7 && rows[1].Sentiment < 0.3, $"{rows[0].Sentiment} and {rows[1].Sentiment}, of texts alone");
        string[] reports = Directory.GetFiles(Path.Combine(shop.Output, "runs"), "reviews.json", SearchOption.AllDirectories);
        var report = JsonNode.Parse(File.ReadAllText(reports.Single()))!;
        Assert.AreEqual("""{"repeated_text":4,"unknown_item":120}""", report["leftOut"]!.ToJsonString());
        Assert.IsGreaterThan(0.8, (double)report["classifier"]!["accuracy"]!["value"]!);
        await using (var host = await PageHost.Start(shop.Output))
        {
            using var visitor = new Visitor(host.Address, "Viewer");
            StringAssert.Contains(await visitor.Page("/places"), "Item reviews");
        }

        Assert.AreEqual(version, (string)Json(await shop.Run("run", "nightly", "--json"))["version"]!, "nothing changed");
        // One is a customer, the other wrote reviews alone.
        Assert.AreEqual(0, (await shop.Run("forget", "u00", "guest0")).ExitCode);
        string second = (string)Json(await shop.Run("run", "nightly", "--json"))["version"]!;

        Assert.AreEqual("i00 19, i01 20, i02 1", string.Join(", ", Table(shop, second).Select(r => $"{r.Item} {r.Reviews}")));
    }

    [TestMethod]
    public async Task The_ranker_hears_of_reviews_up_to_its_moment_and_a_delta_of_later_ones()
    {
        using var shop = new SmallShop().With(PraiseSells(), Section);
        // Even items are praised and odd ones complained about, before anything was sold.
        Reviews(shop, Opinions("a", 8, item => item % 2 == 0));
        string night = (string)Json(await Ranked(shop, "nightly"))["version"]!;
        var (learned, before) = (Rank(shop), await List(shop, "u00"));
        Assert.IsGreaterThan(0, learned["Effects"]!.AsArray().Where(e => (string)e!["Name"]! == "review sentiment").Sum(e => (double)e!["Effect"]!));

        // The user buys once more what they have: that alone moves nothing in front.
        shop.Add("b", [("u00", "i00", 21, 1)]);
        string first = (string)Json(await Ranked(shop, "delta"))["version"]!;
        string front = before[0];
        Assert.AreEqual(front, (await List(shop, "u00"))[0]);
        var others = await List(shop, "u01");

        // Forty complain about it, after what the ranker had learned from.
        int item = int.Parse(front[1..], CultureInfo.InvariantCulture);
        Reviews(
            shop, Opinions("a", 8, i => i % 2 == 0).Concat(Enumerable.Range(0, 40).Select(n => (front, $"late{n}", (int?)1, (string?)null))),
            second: n => n < 8 * PraisedItems ? Early(n) : Start + 20 * 86_400L + n);
        shop.Add("c", [("u00", "i00", 22, 1)]);
        string second = (string)Json(await Ranked(shop, "delta"))["version"]!;

        Assert.AreNotEqual(first, second);
        Assert.IsTrue(item % 2 == 0 && Sentiment(shop, first, front) > 0.7 && Sentiment(shop, second, front) < 0.3);
        Assert.AreNotEqual(front, (await List(shop, "u00"))[0], "the delta's reviews are of its day");
        CollectionAssert.AreEqual(others, await List(shop, "u01"), "nobody else's list is made again");
        Json(await Ranked(shop, "nightly"));
        Assert.AreEqual(
            learned["Linear"]!["Weights"]!.ToJsonString(), Rank(shop)["Linear"]!["Weights"]!.ToJsonString(), "what came later taught the ranker nothing");
        Assert.AreNotEqual(night, second);
    }

    /// <summary>
    /// Rated reviews of some items teach, and others are of an item that nobody knows; those of items 0 and 1 have no rating; of item 2 a customer and a guest
    /// have one each; and four have one text.
    /// </summary>
    private static IEnumerable<(string Item, string Author, int? Stars, string? Text)> Made()
    {
        for (int n = 0; n < 120; n++) yield return ("gone", $"a{n:D3}", n % 2 == 0 ? 5 : 1, Text(n % 2 == 0, n));
        for (int n = 0; n < 240; n++) yield return ("i1" + (n % 5).ToString(CultureInfo.InvariantCulture), $"b{n:D3}", n % 2 == 0 ? 5 : 1, Text(n % 2 == 0, n));
        for (int n = 0; n < 20; n++)
        {
            yield return ("i00", n == 0 ? "guest0" : $"c{n:D2}", null, Text(true, n + 500));
            yield return ("i01", $"d{n:D2}", null, Text(false, n + 500));
        }
        yield return ("i02", "u00", 5, null);
        yield return ("i02", "guest1", 4, null);
        for (int n = 0; n < 4; n++) yield return ("i02", $"spam{n}", 5, "the best item of them all, order it today at another shop");
    }

    private static string Text(bool praises, int n)
    {
        string[] things = ["cup", "jar", "lamp", "bag", "clock", "tray", "candle"], rooms = ["kitchen", "garden", "office", "hall", "bath"];
        string[] good = ["I love it", "great quality", "works perfectly", "beautiful and well made", "very happy with it"];
        string[] bad = ["I hate it", "terrible quality", "broke after a day", "ugly and badly made", "very disappointed with it"];
        return string.Create(CultureInfo.InvariantCulture, $"The {things[n % 7]} for the {rooms[n % 5]}: {(praises ? good : bad)[n / 7 % 5]}, {n} of them.");
    }

    private const int PraisedItems = 24;

    private const long Start = 1_300_000_000;

    private static long Early(int n) => Start - 10_000_000 + n * 3_600L;

    /// <summary>Sixty users come to all items alike in ten days, and afterwards buy what is praised: even items.</summary>
    private static IEnumerable<(string? User, string Item, int Day, int Quantity)> PraiseSells()
    {
        for (int user = 0; user < 60; user++)
        {
            for (int n = 0; n < 4; n++) yield return (Name(user), $"i{(user * 5 + n * 7) % PraisedItems:D2}", n * 3, 1);
            for (int n = 0; n < 4; n++) yield return (Name(user), $"i{(user * 2 + n * 6) % PraisedItems / 2 * 2:D2}", 12 + n * 2, 1);
        }

        static string Name(int user) => string.Create(CultureInfo.InvariantCulture, $"u{user:D2}");
    }

    private static IEnumerable<(string Item, string Author, int? Stars, string? Text)> Opinions(string author, int each, Func<int, bool> praises) =>
        Enumerable.Range(0, each * PraisedItems).Select(n => (
            string.Create(CultureInfo.InvariantCulture, $"i{n / each:D2}"), author + n.ToString(CultureInfo.InvariantCulture),
            (int?)(praises(n / each) ? 5 : 1), (string?)null));

    private static Task<Called> Ranked(SmallShop shop, string job) => shop.Run(
        "run", job, "--json", "--set", "Rank:Algorithm=logistic", "--set", "Rank:MinUsers=0", "--set", "Diversify:Method=none", "--set",
        "Evaluate:BaselineTolerance=1");

    private static JsonNode Rank(SmallShop shop) => JsonNode.Parse(File.ReadAllText(
        Directory.GetFiles(Path.Combine(shop.Output, "runs"), "rank.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last()))!;

    private static async Task<string[]> List(SmallShop shop, string user) =>
        [.. Json(await shop.Run("lists", user, "--json"))["list"]!["entries"]!.AsArray().Select(e => (string)e!["item_id"]!)];

    private static void Reviews(
        SmallShop shop, IEnumerable<(string Item, string Author, int? Stars, string? Text)> reviews, Func<int, long>? second = null)
    {
        second ??= Early;
        var rows = reviews.ToList();
        ColumnField[] fields =
        [
            new("item", ColumnType.Utf8), new("author", ColumnType.Utf8), new("time", ColumnType.Int64), new("stars", ColumnType.Double),
            new("text", ColumnType.Utf8),
        ];
        Directory.CreateDirectory(Path.Combine(shop.Folder, "reviews"));
        using var writer = ParquetFiles.Writer().Create(Path.Combine(shop.Folder, "reviews", "a.parquet"), fields);
        var (items, authors, texts) = (new Utf8Rows("item"), new Utf8Rows("author"), new Utf8Rows("text"));
        foreach (var (item, author, _, text) in rows)
        {
            items.Add(item);
            authors.Add(author);
            texts.Add(text ?? "");
        }
        writer.Append(
            [
                items.Column(), authors.Column(), new ValueColumn<long>(fields[2], rows.Count, [.. rows.Select((_, n) => second(n))]),
                new ValueColumn<double>(fields[3], rows.Count, [.. rows.Select(r => r.Stars ?? double.NaN)]), texts.Column(),
            ],
            rows.Count);
        writer.Complete();
    }

    private static double Sentiment(SmallShop shop, string version, string item) =>
        Rows(shop, version).Single(r => r.Item == item).Sentiment;

    /// <summary>Of the first three items.</summary>
    private static List<(string Item, int Reviews, double Sentiment)> Table(SmallShop shop, string version) =>
        [.. Rows(shop, version).Where(r => string.CompareOrdinal(r.Item, "i03") < 0)];

    private static List<(string Item, int Reviews, double Sentiment)> Rows(SmallShop shop, string version)
    {
        var rows = new List<(string, int, double)>();
        foreach (var batch in ParquetFiles.Reader().Read(Path.Combine(shop.Output, "versions", version, "item_reviews", "part-00001.parquet")))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                string item = System.Text.Encoding.UTF8.GetString(batch.Column<Utf8Column>("item_id")[row]);
                rows.Add((item, batch.Column<ValueColumn<int>>("reviews").Values[row], batch.Column<ValueColumn<double>>("sentiment").Values[row]));
            }
        }
        return rows;
    }

    private static JsonNode Json(Called called)
    {
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        return JsonNode.Parse(called.Out)!;
    }
}
