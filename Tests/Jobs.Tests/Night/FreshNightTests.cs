using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>Lists that stay or move on, what will sell, and for whom lists are, through the command line.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class FreshNightTests
{
    private const string Forecast = "\"Forecast\": { \"Enabled\": true, \"Days\": 2, \"Windows\": 2, \"MinDays\": 14 }";

    [TestMethod]
    [DataRow(null)]
    [DataRow(1)]
    public async Task Lists_change_by_no_more_than_is_allowed(int? most)
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), most is null ? "" : $"\"Materialize\": {{ \"MaxChanges\": {most} }}");
        await Published(shop);
        var before = await Lists(shop);
        // Everybody buys of the other taste, which turns all lists over.
        shop.Add("b", Others());
        string second = await Published(shop);
        var after = await Lists(shop);
        Assert.AreEqual(second, await Published(shop), "an equal night is no reason to move further");

        int beyond = 0;
        foreach (var (user, list) in after)
        {
            string[] had = before[user];
            int gone = had.Count(Others().Where(o => o.User == user).Select(o => o.Item).Contains);
            if (list.Except(had).Count() > Math.Max(1, gone)) beyond++;
        }
        if (most is null) Assert.IsGreaterThan(10, beyond, "without a bound lists do change");
        else Assert.AreEqual(0, beyond);
    }

    [TestMethod]
    public async Task What_was_shown_often_and_never_clicked_steps_back()
    {
        using var shop = new SmallShop().With(
            SmallShop.TwoTastes(),
            """
            "Materialize": { "Fatigue": { "Enabled": true, "Impressions": 3, "Factor": 0 } },
            "Feedback": {
              "Logs": [ { "Path": "./shown", "Columns": { "User": "user", "Item": "item", "Version": "version", "Time": "time" }, "EpochUnit": "Seconds" } ]
            }
            """);
        Shown(shop, []);
        string version = await Published(shop);
        var before = await Lists(shop);
        Shown(shop, [.. Enumerable.Range(0, 4).Select(n => ("u00", before["u00"][0], version, 1_302_000_000L + n))]);

        await Published(shop);

        var after = await Lists(shop);
        Assert.AreNotEqual(before["u00"][0], after["u00"][0]);
        Assert.AreEqual(before["u00"][1], after["u00"][0]);
        foreach (string user in before.Keys.Where(u => u != "u00")) CollectionAssert.AreEqual(before[user], after[user], user);
    }

    [TestMethod]
    public async Task What_comes_into_season_comes_forward_once_there_is_a_year()
    {
        string[] season = ["run", "nightly", "--set", "Materialize:Season:Enabled=true", "--set", "Materialize:Season:PriorCustomers=1", "--json"];
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        StringAssert.Contains((await shop.Run(season[..^1])).ToString(), "Materialize:Season:Enabled is true and changes nothing yet");
        // A year and some days ago twenty more came for one item, from this time of the year on.
        shop.Add("b", Enumerable.Range(0, 20).SelectMany(n => new[] { ($"v{n}", "i09", 14, 1), ((string?)$"v{n}", "i00", 375, 1) }));
        await Published(shop);
        var plain = await Lists(shop);

        string version = (string)Json(await shop.Run(season))["version"]!;

        var lists = await Lists(shop);
        int forward = lists.Count(l => Place(l.Value) < Place(plain[l.Key])), back = lists.Count(l => Place(l.Value) > Place(plain[l.Key]));
        Assert.IsTrue(forward > 0 && back == 0, $"{forward} forward, {back} back");
        Assert.AreEqual(version, (string)Json(await shop.Run(season))["version"]!, "an equal night gives the same lists");

        static int Place(string[] list) => Array.IndexOf(list, "i09") is >= 0 and var at ? at : list.Length;
    }

    [TestMethod]
    public async Task A_delta_makes_its_lists_for_the_season_that_comes_and_keeps_the_others()
    {
        string[] season = ["--set", "Materialize:Season:Enabled=true", "--set", "Materialize:Season:PriorCustomers=1"];
        var (plain, _) = await After([]);
        var (seasonal, night) = await After(season);

        string[] folded = [.. plain.Keys.Where(IsFolded)];
        int forward = folded.Count(u => Place(seasonal[u]) < Place(plain[u])), back = folded.Count(u => Place(seasonal[u]) > Place(plain[u]));
        Assert.IsTrue(forward > 0 && back == 0, $"{forward} forward, {back} back");
        foreach (string user in night.Keys.Where(u => !IsFolded(u))) CollectionAssert.AreEqual(night[user], seasonal[user], user);

        // Twenty came for one item a year ago, from this time of the year on; since the night users of one taste bought of it once more.
        static async Task<(SortedDictionary<string, string[]> Delta, SortedDictionary<string, string[]> Night)> After(string[] options)
        {
            using var shop = new SmallShop().With(SmallShop.TwoTastes());
            shop.Add("b", Enumerable.Range(0, 20).SelectMany(n => new[] { ($"v{n}", "i09", 14, 1), ((string?)$"v{n}", "i00", 375, 1) }));
            Json(await shop.Run(["run", "nightly", "--json", .. options]));
            var before = await Lists(shop, step: 1);
            shop.Add("c", before.Keys.Where(IsFolded).Select(u => ((string?)u, "i00", 375, 1)));
            var delta = Json(await shop.Run(["run", "delta", "--json", .. options]));
            Assert.IsFalse((bool)delta["unchanged"]!);
            return (await Lists(shop, step: 1), before);
        }

        static bool IsFolded(string user) => (user[^1] - '0') % 2 == 0;

        static int Place(string[] list) => Array.IndexOf(list, "i09") is >= 0 and var at ? at : list.Length;
    }

    [TestMethod]
    public async Task What_will_sell_is_a_table_of_the_version_and_of_the_next_delta()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), Forecast);
        string night = await Published(shop);
        var rows = Forecasts(shop, night);

        Assert.AreEqual(16 * 2, rows.Count);
        Assert.AreEqual("i00 2011-04-01, i00 2011-04-02", string.Join(", ", rows.Take(2).Select(r => $"{r.Item} {r.Day}")));
        StringAssert.Contains((await shop.Run("run", "delta")).Out, "Nothing changed in");
        // What the database and the API read.
        await using (var host = await PageHost.Start(shop.Output))
        {
            using var visitor = new Visitor(host.Address, "Viewer");
            StringAssert.Contains(await visitor.Page("/places"), "Item forecast");
        }

        shop.Add("b", [("u00", "i00", 19, 9)]);
        string delta = (string)Json(await shop.Run("run", "delta", "--json"))["version"]!;

        Assert.AreNotEqual(night, delta);
        Assert.AreEqual("2011-04-02", Forecasts(shop, delta)[0].Day);
        Assert.AreEqual(0, (await shop.Run("forget", "u00")).ExitCode);
        Assert.AreEqual(16 * 2, Forecasts(shop, delta).Count, "it is of items alone, and stays");
    }

    [TestMethod]
    public async Task What_will_sell_anyway_is_no_stock_for_lists()
    {
        using var shop = new SmallShop().With(
            SmallShop.TwoTastes(), Forecast + ", \"Rules\": { \"File\": \"./rules.json\" }, \"ListsGate\": { \"FullShareFail\": 0 }",
            "\"Items\": { \"Path\": \"./items.parquet\", \"Columns\": { \"Id\": \"item\", \"Stock\": \"title\" } }");
        shop.WithTitles([.. Enumerable.Range(0, 16).Select(i => (string.Create(CultureInfo.InvariantCulture, $"i{i:D2}"), "3"))]);
        Limit("");
        var plain = Shown(shop, await Published(shop));
        Limit(", \"lessExpected\": true");

        string night = await Published(shop);

        var (less, expected) = (Shown(shop, night), Forecasts(shop, night).GroupBy(f => f.Item).ToDictionary(f => f.Key, f => f.Sum(d => d.Expected)));
        Assert.IsTrue(plain.Values.All(n => n <= 12) && plain.Values.Any(n => n > 6), "three pieces of four lists each");
        Assert.HasCount(16, expected);
        foreach (var (item, pieces) in expected) Assert.IsLessThanOrEqualTo(4 * Math.Max(0, 3 - pieces), less.GetValueOrDefault(item), item);
        Assert.IsLessThan(plain.Values.Sum(), less.Values.Sum());

        void Limit(string more) => File.WriteAllText(
            Path.Combine(shop.Folder, "rules.json"),
            $"{{ \"rules\": [ {{ \"name\": \"stock\", \"kind\": \"limit\", \"listsPerPiece\": 4{more} }} ] }}");
    }

    [TestMethod]
    public async Task A_floor_under_exposure_refuses_the_night_and_the_page_says_for_whom()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        shop.Add("b", Others());
        string[] floor =
        [
            "--set", "Evaluate:ExposureFloors:0:By=popularity", "--set", "Evaluate:ExposureFloors:0:Group=long tail", "--set",
            "Evaluate:ExposureFloors:0:Share=0.999", "--set", "Evaluate:MinUsers=1",
        ];

        var refused = await shop.Run(["run", "nightly", .. floor]);

        Assert.AreEqual(3, refused.ExitCode, refused.ToString());
        StringAssert.Contains(refused.ToString(), "exposure.popularity.long tail");
        var groups = Json(await shop.Run("run", "nightly", "--json"))["evaluation"]!["groups"]!.AsArray();
        Assert.AreEqual(1.0, groups.Where(g => (string)g!["measure"]! == "exposure" && (string)g["by"]! == "popularity").Sum(g => (double)g!["value"]!), 1e-9);
        Assert.IsTrue(groups.Any(g => (string)g!["measure"]! == "ndcg" && (string)g["by"]! == "activity"));
        await using var host = await PageHost.Start(shop.Output);
        using var visitor = new Visitor(host.Address, "Viewer");
        string page = await visitor.Page("/runs/" + host.Ledger.Runs(1)[0].RunId);
        StringAssert.Contains(page, "For whom");
        StringAssert.Contains(page, "long tail");
    }

    /// <summary>Each of the forty users buys three items of the other taste, new to them, after everything else.</summary>
    private static IEnumerable<(string? User, string Item, int Day, int Quantity)> Others()
    {
        for (int user = 0; user < 40; user++)
            for (int n = 0; n < 3; n++)
            {
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"u{user:D2}"),
                    string.Create(CultureInfo.InvariantCulture, $"i{(1 - user % 2) * 8 + (user / 2 + n * 2) % 8:D2}"), 20, 1);
            }
    }

    private static void Shown(SmallShop shop, (string User, string Item, string Version, long Second)[] rows)
    {
        ColumnField[] fields =
            [new("user", ColumnType.Utf8), new("item", ColumnType.Utf8), new("version", ColumnType.Utf8), new("time", ColumnType.Int64)];
        Directory.CreateDirectory(Path.Combine(shop.Folder, "shown"));
        using var writer = ParquetFiles.Writer().Create(Path.Combine(shop.Folder, "shown", "a.parquet"), fields);
        var (users, items, versions) = (new Utf8Rows("user"), new Utf8Rows("item"), new Utf8Rows("version"));
        foreach (var (user, item, version, _) in rows)
        {
            users.Add(user);
            items.Add(item);
            versions.Add(version);
        }
        if (rows.Length > 0)
        {
            writer.Append(
                [users.Column(), items.Column(), versions.Column(), new ValueColumn<long>(fields[3], rows.Length, [.. rows.Select(r => r.Second)])],
                rows.Length);
        }
        writer.Complete();
    }

    /// <summary>On how many lists each item stands.</summary>
    private static Dictionary<string, int> Shown(SmallShop shop, string version)
    {
        var shown = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var batch in ParquetFiles.Reader().Read(Path.Combine(shop.Output, "versions", version, "user_recommendations", "part-00001.parquet")))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                string item = System.Text.Encoding.UTF8.GetString(batch.Column<Utf8Column>("item_id")[row]);
                shown[item] = shown.GetValueOrDefault(item) + 1;
            }
        }
        return shown;
    }

    private static List<(string Item, string Day, double Expected)> Forecasts(SmallShop shop, string version)
    {
        var rows = new List<(string, string, double)>();
        foreach (var batch in ParquetFiles.Reader().Read(Path.Combine(shop.Output, "versions", version, "item_forecast", "part-00001.parquet")))
        {
            string Text(string column, int row) => System.Text.Encoding.UTF8.GetString(batch.Column<Utf8Column>(column)[row]);
            var expected = batch.Column<ValueColumn<double>>("expected").Values;
            for (int row = 0; row < batch.RowCount; row++) rows.Add((Text("item_id", row), Text("day", row), expected[row]));
        }
        return rows;
    }

    private static async Task<string> Published(SmallShop shop) => (string)Json(await shop.Run("run", "nightly", "--json"))["version"]!;

    private static async Task<SortedDictionary<string, string[]>> Lists(SmallShop shop, int step = 2)
    {
        var lists = new SortedDictionary<string, string[]>(StringComparer.Ordinal);
        for (int u = 0; u < 40; u += step)
        {
            string user = string.Create(CultureInfo.InvariantCulture, $"u{u:D2}");
            lists[user] = [.. Json(await shop.Run("lists", user, "--json"))["list"]!["entries"]!.AsArray().Select(e => (string)e!["item_id"]!)];
        }
        return lists;
    }

    private static JsonNode Json(Called called)
    {
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        return JsonNode.Parse(called.Out)!;
    }
}
