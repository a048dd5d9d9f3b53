using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Jobs.Tests.Console;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>A control group from the night to what it says, through the command line and on the console.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ExperimentCommandTests
{
    // A key of its own, so that the same customers are drawn every time.
    private const string Experiment =
        "\"Experiment\": { \"ControlShare\": 0.4, \"MinUsers\": 10, \"Clock\": \"Data\", \"BeforeDays\": 10 }, "
        + "\"Privacy\": { \"Key\": \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\" }";

    [TestMethod]
    public async Task Lists_say_who_is_in_the_group_and_purchases_whether_lists_help()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), Experiment);
        string night = (string)Json(await shop.Run("run", "nightly", "--json"))["version"]!;
        var before = await Lists(shop);
        string[] control = [.. before.Where(l => l.Value.Sources.Contains("control")).Select(l => l.Key)];

        Assert.IsTrue(control.Length is >= 8 and <= 24, string.Join(' ', control));
        // Whoever has everything popular shares one list; nobody of the group has a reason of their own.
        foreach (string user in control)
        {
            Assert.IsTrue(before[user].Sources.All(s => s == "control"), user);
            Assert.IsTrue(before[user].Reasons.All(r => r == "popular"), user);
        }
        StringAssert.Contains((await shop.Run("run", "experiment")).Out, "whether lists help is not measured yet: the log has no purchase since 2011-04-01");

        // Customers with personal lists buy the first two items of them, the others nothing.
        shop.Add("b", before.Where(l => !control.Contains(l.Key)).SelectMany(l => l.Value.Items.Take(2).Select(i => ((string?)l.Key, i, 22, 1)))
            .Append(("newcomer", "i01", 22, 1)));
        var report = Json(await shop.Run("run", "experiment", "--json"))["experiment"]!;
        var orders = report["effects"]!.AsArray().First(e => (string)e!["scope"]! == "all")!;
        Assert.AreEqual((40 - control.Length, control.Length), ((int)orders["personal_users"]!, (int)orders["control_users"]!));
        Assert.AreEqual((1.0, 0.0), ((double)orders["measured"]!["personal"]!, (double)orders["measured"]!["control"]!));
        StringAssert.Contains((string)report["decision"]!, "personal lists bring more orders");
        Assert.AreEqual(1, (int)report["newcomers"]!);
        Assert.AreEqual((2L * (40 - control.Length), (long)(40 - control.Length)), Attributed(report, "version", night));
        Assert.AreEqual((2L * (40 - control.Length), (long)(40 - control.Length)), Attributed(report, "place", "user_recommendations"));
        Assert.AreEqual((0L, 0L), Attributed(report, "group", "control"));
        Assert.AreEqual(2L * (40 - control.Length), report["attributed"]!.AsArray().Where(a => (string)a!["by"]! == "reason").Sum(a => (long)a!["purchases"]!));

        await using (var host = await PageHost.Start(shop.Output))
        {
            using var visitor = new Visitor(host.Address, "Viewer");
            string page = await visitor.Page("/balance");
            StringAssert.Contains(page, "Whether lists help");
            StringAssert.Contains(page, "Personal lists bring more orders");
            StringAssert.Contains(page, "What was bought of what lists showed");
        }

        // A delta keeps the group; another draw makes all lists again.
        Json(await shop.Run("run", "delta", "--json"));
        var after = await Lists(shop);
        foreach (string user in before.Keys) Assert.AreEqual(control.Contains(user), after[user].Sources.Contains("control"), user);
        Assert.AreEqual(0, (await shop.Run("forget", control[0])).ExitCode);
        await shop.Run("run", "nightly");
        Assert.IsEmpty((await Lists(shop)).Keys.Except(before.Keys.Append("newcomer")).ToArray());
        Assert.AreEqual(
            control.Length - 1, (int)Json(await shop.Run("run", "experiment", "--json"))["experiment"]!["effects"]![0]!["control_users"]!);
        var other = await shop.Run("run", "delta", "--set", "Experiment:Name=2");
        StringAssert.Contains(other.ToString(), "the control group is not that of version");
    }

    [TestMethod]
    public async Task Without_a_group_purchases_are_attributed_and_nothing_is_claimed()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), "\"Experiment\": { \"Clock\": \"Data\" }");
        await shop.Run("run", "nightly");
        var lists = await Lists(shop);
        shop.Add("b", [("u00", lists["u00"].Items[0], 22, 1), ("u01", lists["u01"].Items[1], 40, 1)]);

        var report = Json(await shop.Run("run", "experiment", "--json"))["experiment"]!;

        StringAssert.Contains((string)report["decision"]!, "there is no control group (Experiment:ControlShare)");
        Assert.AreEqual(0, report["effects"]!.AsArray().Count);
        // The list is still the current one on day 40, so both count.
        Assert.AreEqual((2L, 2L), Attributed(report, "group", "personal"));
        Assert.IsFalse(File.Exists(Path.Combine(shop.Output, "control.json")));
    }

    [TestMethod]
    public async Task A_group_beside_exploration_is_refused_with_exit_code_2()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), Experiment);

        var called = await shop.Run("run", "nightly", "--set", "Diversify:Explore:Enabled=true");

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "Experiment:ControlShare is 0.4 and Diversify:Explore:Enabled is true; expected one of the two");
    }

    private static (long Purchases, long Orders) Attributed(JsonNode report, string by, string name)
    {
        var row = report["attributed"]!.AsArray().Single(a => (string)a!["by"]! == by && (string)a["name"]! == name)!;
        return ((long)row["purchases"]!, (long)row["orders"]!);
    }

    private static async Task<SortedDictionary<string, (string[] Items, string[] Sources, string[] Reasons)>> Lists(SmallShop shop)
    {
        var lists = new SortedDictionary<string, (string[], string[], string[])>(StringComparer.Ordinal);
        for (int u = 0; u < 40; u++)
        {
            string user = string.Create(CultureInfo.InvariantCulture, $"u{u:D2}");
            var list = Json(await shop.Run("lists", user, "--json"))["list"]!;
            if ((bool)list["is_default"]!) continue;
            string[] Of(string name) => [.. list["entries"]!.AsArray().Select(e => (string)e![name]!)];
            lists[user] = (Of("item_id"), Of("source"), Of("reason_code"));
        }
        return lists;
    }

    private static JsonNode Json(Called called)
    {
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        return JsonNode.Parse(called.Out)!;
    }
}
