using System.Globalization;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>A shop that sells in three languages, of which the shipped encoder knows one.</summary>
[TestClass]
internal sealed class LanguagesTests : IDisposable
{
    private static readonly string[] Titles =
    [
        "红色陶瓷杯子", "蓝色玻璃台灯", "绿色香薰蜡烛", "白色骨瓷茶壶", "木制长柄勺子",
        "كوب خزفي أحمر", "مصباح زجاجي أزرق",
        "شمعة عطرية خضراء", "إبريق شاي أبيض", "ملعقة خشبية طويلة",
        "red ceramic mug", "blue glass lamp", "green scented candle", "white china teapot", "long wooden spoon", "red enamel mug",
    ];

    private readonly SmallShop _shop = new();

    public void Dispose() => _shop.Dispose();

    [TestMethod]
    public async Task Night_of_three_languages_has_neighbors_by_text_where_it_is_read()
    {
        var night = await Night(Titles);

        StringAssert.Contains(night.Out, "10 of 16 items have no vector");
        StringAssert.Contains(night.Out, "Embed:Model=FOLDER (docs/text.md)");
        using var database = new SqliteConnection($"Data Source={Path.Combine(_shop.Output, "recsys.db")};Mode=ReadOnly;Pooling=False");
        database.Open();
        Assert.AreEqual(0L, Number(database, "SELECT count(*) FROM item_neighbors WHERE source = 'text' AND (item_id < 'i10' OR neighbor_id < 'i10')"));
        Assert.AreEqual(0L, Number(database, "SELECT count(*) FROM item_neighbors WHERE source = 'text' AND score > 0.999"));
        Assert.AreEqual(6L, Number(database, "SELECT count(DISTINCT item_id) FROM item_neighbors WHERE source = 'text'"));
        Assert.AreEqual(16L, Number(database, "SELECT count(DISTINCT item_id) FROM item_neighbors WHERE source = 'blend'"));
        Assert.AreEqual(10L, Number(database, "SELECT value FROM run_metrics WHERE name = 'embed.unread_items'"));
        Assert.AreEqual(1L, Number(database, "SELECT count(*) FROM run_metrics WHERE name = 'embed.unknown_share' AND value > 0.5"));
        Assert.AreEqual(
            2L, Number(database, "SELECT count(*) FROM quality_checks WHERE name IN ('data.text.unknown_share', 'data.text.shared_share') AND level = 'warn'"));
    }

    [TestMethod]
    public async Task Night_of_a_known_language_warns_of_no_text()
    {
        string[] english = [.. Titles[10..], .. "red blue green white pink wool silk lace gold grey".Split(' ').Select(of => "cotton scarf of " + of)];

        var night = await Night(english);

        Assert.DoesNotContain("Embed:Model=FOLDER", night.Out);
        StringAssert.Contains(night.Out, "data.text.unknown_share");
    }

    private async Task<Called> Night(string[] titles)
    {
        _shop.With(SmallShop.TwoTastes(), items: """ "Items": { "Path": "./items.parquet", "Columns": { "Id": "item", "Title": "title" } } """)
            .WithTitles([.. titles.Select((title, i) => (string.Create(CultureInfo.InvariantCulture, $"i{i:D2}"), title))]);
        var called = await _shop.Run("run", "nightly");
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        return called;
    }

    private static long Number(SqliteConnection database, string query)
    {
        using var command = database.CreateCommand();
        command.CommandText = query;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}
