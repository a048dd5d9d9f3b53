using System.Text.Json;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>What <c>generate</c> makes, and the night over all of it that it prints.</summary>
[TestClass]
internal sealed class MadeShopTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-made-").FullName;

    private string Output => Path.Combine(_folder, "out-places");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task The_printed_night_fills_every_place_and_obeys_every_rule()
    {
        var made = await Called.With("generate", "--users", "600", "--items", "1000", "--events", "60000", "--days", "60", "--out", _folder);
        Assert.AreEqual(0, made.ExitCode, made.ToString());
        string config = Path.Combine(_folder, "places.json");
        StringAssert.Contains(made.Out.ReplaceLineEndings(" "), $"run nightly --config {config} --out {Output}");

        var night = await Called.With(
            "run", "nightly", "--config", config, "--out", Output, "--set", "Embed:Model=none", "--set", "Train:Algorithm=ials", "--set", "Train:Als:Rank=16",
            "--set", "Train:Als:Iterations=4", "--set", "Rank:Algorithm=none", "--set", "Diversify:Method=mmr", "--set", "Evaluate:Replicates=100", "--set",
            "Evaluate:AucUsers=0");

        Assert.AreEqual(0, night.ExitCode, night.ToString());
        // Vectors of customers are for those who ask for them, and need an encoder.
        foreach (var table in PlaceTables.All.Except([PlaceTables.UserVectors, PlaceTables.UserInterests]))
            Assert.IsGreaterThan(0L, Number($"SELECT count(*) FROM current_{table.Name}"), table.Name);
        // What was planted is what is found.
        var shop = new SyntheticShop(new SyntheticParameters(600, 1_000, 60_000) { Days = 60 });
        var pairs = Rows("SELECT item_id, complement_id FROM current_cart_complements WHERE rank = 1");
        int planted = pairs.Select(p => (A: int.Parse(p[0], null), B: int.Parse(p[1], null)))
            .Count(p => shop.Complement(p.A) == p.B || shop.Complement(p.B) == p.A);
        Assert.IsGreaterThan(0.8 * pairs.Count, planted, $"of {pairs.Count} pairs");
        Assert.IsGreaterThan(10, pairs.Count);
        var again = Rows("SELECT DISTINCT item_id FROM current_buy_it_again WHERE rank = 1");
        // One item in ten is used up; others are bought again by chance alone.
        Assert.IsGreaterThan(0.3 * again.Count, again.Count(r => SyntheticShop.IsConsumable(int.Parse(r[0], null))), $"of {again.Count} items");
        CollectionAssert.AreEquivalent(
            new[] { "new", "on_sale", "popular", "trending", "well_rated" },
            Rows("SELECT DISTINCT kind FROM current_segment_lists").Select(r => r[0]).ToArray());
        Assert.IsGreaterThan(0L, Number("SELECT count(*) FROM current_segment_lists WHERE segment = 'country=DE'"));
        CollectionAssert.IsSubsetOf(
            new[] { "hero", "sponsored", "shelf of the week", "margin", "shelf" },
            Rows("SELECT DISTINCT promotion FROM current_promotion_audience").Select(r => r[0]).ToArray());
        // Slips of the keyboard are merged, but in words of three letters, where each word is a slip of another.
        var words = Enumerable.Range(0, 1_000).SelectMany(i => shop.Title(i).Split(' ')).ToHashSet();
        var queries = Rows("SELECT DISTINCT query FROM current_query_results").Select(q => q[0]).Where(q => q.Length > 4).ToList();
        Assert.IsGreaterThan(5, queries.Count);
        foreach (string query in queries) Assert.IsTrue(query.Split(' ').All(words.Contains), query);
        Rules(shop);
    }

    private void Rules(SyntheticShop shop)
    {
        string file = Directory.GetFiles(Output, "rules.json", SearchOption.AllDirectories).First();
        using var rules = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "rules.json")));
        CollectionAssert.AreEquivalent(
            Enum.GetNames<RuleKind>().Select(k => k.ToLowerInvariant()).ToArray(),
            rules.RootElement.GetProperty("rules").EnumerateArray().Select(r => r.GetProperty("kind").GetString()).ToArray());
        StringAssert.Contains(File.ReadAllText(file), "sponsored");
        int[] listed = [.. Rows("SELECT DISTINCT item_id FROM current_user_recommendations").Select(r => int.Parse(r[0], null))];
        Assert.IsFalse(listed.Any(shop.IsRecalled));
        Assert.IsTrue(Enumerable.Range(0, 1_000).Any(shop.IsRecalled));
        Assert.IsGreaterThan(0L, Number("SELECT count(*) FROM current_user_recommendations WHERE promoted = 'sponsored' AND rank = 6"));
        Assert.IsGreaterThan(0L, Number("SELECT count(*) FROM current_user_recommendations WHERE promoted = 'hero' AND rank = 4 AND item_id = '0'"));
    }

    private long Number(string sql) => long.Parse(Rows(sql)[0][0], null);

    private List<string[]> Rows(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Output, "recsys.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(c => reader.GetValue(c).ToString()!)]);
        return rows;
    }
}
