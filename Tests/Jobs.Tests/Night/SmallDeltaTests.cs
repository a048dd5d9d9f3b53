using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>A night and a delta through the command line.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class SmallDeltaTests
{
    [TestMethod]
    public async Task What_came_since_the_night_reaches_the_lists_until_a_rollback()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        var early = await shop.Run("run", "delta");
        Assert.AreEqual(1, early.ExitCode, early.ToString());
        StringAssert.Contains(early.Error, "run nightly first");

        string night = Json(await shop.Run("run", "nightly", "--json")).GetProperty("version").GetString()!;
        var same = await shop.Run("run", "delta");
        Assert.AreEqual(0, same.ExitCode, same.ToString());
        StringAssert.Contains(same.Out, "Nothing changed in");
        StringAssert.Contains(same.Out, $"version {night} stays");

        string[] before = await Items(shop, "u00"), others = await Items(shop, "u01");
        shop.Add("b", [("u00", before[0], 20, 1), ("newcomer", "i01", 20, 1), ("newcomer", "i04", 20, 1)]);
        var plan = Json(await shop.Run("run", "delta", "--dry-run", "--json"))
            .GetProperty("stages")
            .EnumerateArray()
            .ToDictionary(s => s.GetProperty("stage").GetString()!);
        Assert.IsTrue(plan["ingest"].GetProperty("runs").GetBoolean());
        Assert.IsFalse(plan["train"].GetProperty("runs").GetBoolean());
        var delta = Json(await shop.Run("run", "delta", "--json"));

        string version = delta.GetProperty("version").GetString()!;
        Assert.AreNotEqual(night, version);
        Assert.IsFalse(delta.GetProperty("unchanged").GetBoolean());
        var metrics = delta.GetProperty("stages").EnumerateArray().Single(s => s.GetProperty("stage").GetString() == "materialize").GetProperty("metrics");
        Assert.AreEqual((2, 39), (metrics.GetProperty("delta.users_folded_in").GetInt32(), metrics.GetProperty("delta.users_kept").GetInt32()));
        CollectionAssert.DoesNotContain(await Items(shop, "u00"), before[0]);
        CollectionAssert.AreEqual(others, await Items(shop, "u01"));
        Assert.IsTrue((await Items(shop, "newcomer")).Length > 0);
        Assert.AreEqual(night, Json(await shop.Run("versions", "show", version, "--json")).GetProperty("version").GetProperty("base").GetString());
        StringAssert.Contains((await shop.Run("versions", "show", version)).Out, "delta of");

        Assert.AreEqual(0, (await shop.Run("versions", "rollback")).ExitCode);
        CollectionAssert.AreEqual(before, await Items(shop, "u00"));
        Assert.IsTrue(Json(await shop.Run("lists", "newcomer", "--json")).GetProperty("list").GetProperty("is_default").GetBoolean());

        var text = await shop.Run("run", "delta");
        Assert.AreEqual(0, text.ExitCode, text.ToString());
        StringAssert.Contains(text.Out, $"version {night} stays");
        StringAssert.Contains(text.Out, $"Version {night} stays current: newer version {version} was rolled back");
        var json = Json(await shop.Run("run", "delta", "--json"));
        Assert.AreEqual((night, true), (json.GetProperty("version").GetString(), json.GetProperty("unchanged").GetBoolean()));
        CollectionAssert.AreEqual(new[] { version }, json.GetProperty("rolled_back").EnumerateArray().Select(v => v.GetString()).ToArray());
        StringAssert.Contains((await shop.Run("versions", "list")).Out, "retired rolled back delta");
    }

    [TestMethod]
    public async Task Parquet_has_the_rows_that_the_tables_have()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        await shop.Run("run", "nightly");
        shop.Add("b", [("u03", "i01", 20, 1)]);
        string version = Json(await shop.Run("run", "delta", "--json")).GetProperty("version").GetString()!;

        var rows = new Dictionary<string, List<string>>();
        foreach (var batch in ParquetFiles.Reader().Read(Path.Combine(shop.Output, "versions", version, "user_recommendations", "part-00001.parquet")))
        {
            var (users, items) = (batch.Column<Utf8Column>("user_id"), batch.Column<Utf8Column>("item_id"));
            for (int row = 0; row < batch.RowCount; row++)
            {
                string user = System.Text.Encoding.UTF8.GetString(users[row]);
                if (!rows.TryGetValue(user, out var list)) rows[user] = list = [];
                list.Add(System.Text.Encoding.UTF8.GetString(items[row]));
            }
        }
        Assert.AreEqual(40, rows.Count);
        foreach (string user in new[] { "u00", "u03", "u39" }) CollectionAssert.AreEqual(rows[user], await Items(shop, user));
    }

    private static async Task<string[]> Items(SmallShop shop, string user)
    {
        var list = Json(await shop.Run("lists", user, "--json")).GetProperty("list");
        Assert.IsFalse(list.GetProperty("is_default").GetBoolean());
        return [.. list.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("item_id").GetString()!)];
    }

    private static JsonElement Json(Called called)
    {
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        using var document = JsonDocument.Parse(called.Out);
        return document.RootElement.Clone();
    }
}
