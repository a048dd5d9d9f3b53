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

    private static void Reviews(SmallShop shop, IEnumerable<(string Item, string Author, int? Stars, string? Text)> reviews)
    {
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
                items.Column(), authors.Column(), new ValueColumn<long>(fields[2], rows.Count, [.. rows.Select((_, n) => 1_300_000_000L + n * 3_600)]),
                new ValueColumn<double>(fields[3], rows.Count, [.. rows.Select(r => r.Stars ?? double.NaN)]), texts.Column(),
            ],
            rows.Count);
        writer.Complete();
    }

    /// <summary>Of the first three items.</summary>
    private static List<(string Item, int Reviews, double Sentiment)> Table(SmallShop shop, string version)
    {
        var rows = new List<(string, int, double)>();
        foreach (var batch in ParquetFiles.Reader().Read(Path.Combine(shop.Output, "versions", version, "item_reviews", "part-00001.parquet")))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                string item = System.Text.Encoding.UTF8.GetString(batch.Column<Utf8Column>("item_id")[row]);
                if (string.CompareOrdinal(item, "i03") < 0)
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
