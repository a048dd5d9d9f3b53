using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>The configurations that docs/places.md shows, over a month of the shipped log.</summary>
[TestClass]
internal sealed class PlacesExampleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-places-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task The_example_makes_places_and_says_what_others_lack()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "places.md"));
        string[] examples =
        [
            .. Regex.Matches(page, "^```json\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
                .Select((m, n) => Write($"{n}.json", m.Groups[1].Value)),
        ];
        string config = examples[0];
        WriteSearches();

        await Night(examples, "out");

        Assert.IsGreaterThan(100L, Number("out", "SELECT count(*) FROM current_promotion_audience WHERE promotion = 'cups' AND item_id IN ('22423', '22720')"));
        Assert.AreEqual(0L, Number("out", "SELECT count(*) FROM current_promotion_audience WHERE promotion <> 'cups'"), "nothing is of the brand ACME");
        Assert.AreEqual("cake stand", Text("out", "SELECT group_concat(DISTINCT query) FROM current_query_results"));

        Assert.IsGreaterThan(100L, Number("out", "SELECT count(*) FROM current_cart_complements WHERE support >= 4 AND lift > 1 AND p_value <= 0.1"));
        Assert.AreEqual(0L, Number("out", "SELECT count(*) FROM current_cart_complements WHERE support < 4 OR rank > 10 OR complement_id = item_id"));
        Assert.AreEqual(0L, Number("out", "SELECT count(*) FROM current_buy_it_again WHERE due < '2010-12-01' OR score <= 0 OR score >= 1"));
        Assert.AreEqual(10L, Number("out", "SELECT count(*) FROM current_segment_lists WHERE segment = 'all' AND kind = 'popular'"));
        Assert.AreEqual(0L, Number("out", "SELECT count(*) FROM current_segment_lists WHERE rank > 10 OR kind = 'well_rated'"));
        Assert.AreEqual(0L, Number("out", "SELECT count(*) FROM current_segment_lists WHERE kind = 'on_sale' AND score < 0.2"));
        string version = Path.Combine(_folder, "out", "versions", File.ReadAllText(Path.Combine(_folder, "out", "current")).Trim());
        Assert.IsTrue(Directory.Exists(Path.Combine(version, "cart_complements")));

        // Without orders and times the same log feeds none, and the night is a night all the same.
        string bare = Path.Combine(_folder, "bare.json");
        const string Orders = @"""Time"": ""invoice_date"",|,\s*""Group"": ""invoice_no""|""ReturnGroupPrefix"": ""C""";
        File.WriteAllText(bare, Regex.Replace(File.ReadAllText(config), Orders, ""));
        string said = await Night([bare], "bare");
        StringAssert.Contains(said, "no cart_complements: the log has neither an order's id");
        StringAssert.Contains(said, "no category_lists: items have no category");
        Assert.AreEqual("popular", Text("bare", "SELECT group_concat(DISTINCT kind) FROM current_segment_lists"));
        StringAssert.Contains(said, "no buy_it_again: no log has a column Time");
        Assert.AreEqual(0L, Number("bare", "SELECT count(*) FROM current_cart_complements"));
        version = Path.Combine(_folder, "bare", "versions", File.ReadAllText(Path.Combine(_folder, "bare", "current")).Trim());
        Assert.IsFalse(Directory.Exists(Path.Combine(version, "cart_complements")) || Directory.Exists(Path.Combine(version, "buy_it_again")));
    }

    private string Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Three customers of the log who asked for one thing, one of them with a slip, and two who asked for another.</summary>
    private void WriteSearches()
    {
        ColumnField[] fields =
        [
            new("customer_id", ColumnType.Int64, Nullable: false), new("query", ColumnType.Utf8, Nullable: false),
            new("time", ColumnType.Int64, Nullable: false),
        ];
        var queries = new Utf8Rows("query");
        foreach (string query in (string[])["cake stand", "Cake  stand", "cake stnd", "lamp", "lamp"]) queries.Add(query);
        using var writer = ParquetFiles.Writer().Create(Path.Combine(_folder, "searches", "day.parquet"), fields);
        writer.Append(
        [
            new ValueColumn<long>(fields[0], 5, [17850, 13047, 12583, 17850, 13047]), queries.Column(),
            new ValueColumn<long>(fields[2], 5, [1_291_200_000, 1_291_200_000, 1_291_200_000, 1_291_200_000, 1_291_200_000]),
        ], 5);
        writer.Complete();
    }

    private async Task<string> Night(string[] configs, string output)
    {
        var called = await Called.With(
        [
            "run", "nightly", .. configs.SelectMany(c => new[] { "--config", c }), "--out", Path.Combine(_folder, output), "--set",
            $"Ingest:Events:0:Path={Path.Combine(Repository.Data, "online-retail", "transactions", "date=2010-12")}", "--set", "Embed:Model=none", "--set",
            "Train:Algorithm=popularity", "--set", "Evaluate:Replicates=100", "--set", "Evaluate:AucUsers=0",
        ]);
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        return called.ToString();
    }

    private long Number(string output, string sql) => (long)Value(output, sql);

    private string Text(string output, string sql) => (string)Value(output, sql);

    private object Value(string output, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, output, "recsys.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()!;
    }
}
