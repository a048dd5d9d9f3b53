using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>All rules that docs/rules.md shows, in one file, over a small shop that its configurations describe.</summary>
[TestClass]
internal sealed class RulesExampleTests : IDisposable
{
    private const int Users = 40, Items = 30;

    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "rules.md"));

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-rules-page-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task All_rules_of_the_page_hold_together_over_a_small_shop()
    {
        string[] rules = [.. Regex.Matches(Page, """`(\{ "name": [^`]*\})`""").Select(m => m.Groups[1].Value)];
        CollectionAssert.IsSubsetOf(
            Enum.GetNames<RuleKind>().Select(k => k.ToLowerInvariant()).ToArray(),
            rules.Select(r => JsonDocument.Parse(r).RootElement.GetProperty("kind").GetString()).ToArray());
        // The page's condition of many columns is no rule of its own.
        string where = Regex.Match(Page, "^```\n(\\{ \"brand\".*?)\n```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        rules = [.. rules, $$"""{ "name": "the condition", "kind": "boost", "where": {{where}}, "by": 0.01 }"""];
        Directory.CreateDirectory(Path.Combine(_folder, "data", "configs"));
        File.WriteAllText(Path.Combine(_folder, "data", "configs", "online-retail-rules.json"), $$"""{ "rules": [ {{string.Join(",\n", rules)}} ] }""");
        WriteShop();
        string[] configs =
        [
            .. Regex.Matches(Page, "^```json\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).SelectMany((m, n) =>
            {
                string file = Path.Combine(_folder, $"{n}.json");
                File.WriteAllText(file, m.Groups[1].Value);
                return new[] { "--config", file };
            }),
        ];

        // What the page's rules speak of beside the columns of its configuration.
        string more = Path.Combine(_folder, "more.json");
        File.WriteAllText(more, """
            { "Ingest": { "Items": { "Columns": {
              "Title": "title", "Category": ["category"], "Brand": "brand", "Price": "price",
              "Attributes": ["adult", "recalled", "region", "season", "campaign", "margin"]
            } } } }
            """);
        var called = await Called.With(
        [
            "run", "nightly", .. configs, "--config", more, "--out", Path.Combine(_folder, "out"),
            .. Set("Train:Algorithm=ials"), .. Set("Train:Als:Rank=8"), .. Set("Train:Als:Iterations=3"), .. Set("Rank:Algorithm=none"),
            .. Set("Diversify:Method=mmr"), .. Set("Diversify:ListLength=8"), .. Set("Embed:Model=none"), .. Set("Evaluate:Replicates=100"),
            .. Set("Evaluate:AucUsers=0"), .. Set("Evaluate:BaselineTolerance=1"), .. Set("Evaluate:MinUsers=1000000"),
        ]);

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, "0 limits broken");
        Assert.AreEqual(0L, Count("item_id = 'i01'"), "recalled");
        Assert.AreEqual(0L, Count("item_id = 'i02' AND user_id < 'u20'"), "only for adults");
        Assert.IsGreaterThan(0L, Count("promoted = 'sponsored' AND rank IN (3, 8)"));
        Assert.IsGreaterThan(0L, Count("promoted = 'own label'"));
    }

    private static string[] Set(string assignment) => ["--set", assignment];

    private void WriteShop()
    {
        string[] users = [.. Enumerable.Range(0, Users).Select(u => $"u{u:00}")];
        string[] items = [.. Enumerable.Range(0, Items).Select(i => i == 0 ? "22423" : $"i{i:00}")];
        var bought = (
            from u in Enumerable.Range(0, Users)
            from n in Enumerable.Range(0, 8)
            select (User: u, Item: (u * 7 + n * n + n % 3 * (u % 2)) % Items, n)).ToList();
        Table(
            "logs/day.parquet", bought.Count, ("customer_id", r => users[bought[r].User]), ("sku", r => items[bought[r].Item]),
            ("event_time", r => $"2026-02-{1 + bought[r].n * 3:00}T10:00:00Z"));
        Table(
            "items.parquet", Items, ("sku", i => items[i]), ("title", i => $"thing {i}"), ("category", i => i % 2 == 0 ? "GIFTS/MUGS" : "GIFTS/CARDS"),
            ("brand", i => i % 5 == 0 ? "OWN" : $"B{i % 4}"), ("price", i => $"{1 + i}"), ("pieces", _ => "40"), ("merchant", i => $"m{i % 3}"),
            ("adult", i => i == 2 ? "true" : "false"), ("recalled", i => i == 1 ? "yes" : "no"), ("region", i => i % 7 == 3 ? "DE, AT" : ""),
            ("season", i => i % 6 == 4 ? "2026" : "winter"), ("campaign", i => i % 5 == 1 ? "spring" : "none"), ("margin", i => i % 3 == 0 ? "0.5" : "0.2"));
        Table("users.parquet", Users, ("customer_id", u => users[u]), ("tier", u => u < 20 ? "minor" : "gold"), ("country", u => u % 2 == 0 ? "DE" : "FR"));
    }

    private void Table(string file, int rows, params (string Name, Func<int, string> Value)[] columns)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var cells = columns.Select(c => new Utf8Rows(c.Name)).ToList();
        for (int c = 0; c < columns.Length; c++)
            for (int row = 0; row < rows; row++) cells[c].Add(columns[c].Value(row));
        using var writer = ParquetFiles.Writer().Create(path, [.. cells.Select(c => c.Field)]);
        writer.Append([.. cells.Select(c => c.Column())], rows);
        writer.Complete();
    }

    private long Count(string where)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder, "out", "recsys.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM current_user_recommendations WHERE {where}";
        return (long)command.ExecuteScalar()!;
    }
}
