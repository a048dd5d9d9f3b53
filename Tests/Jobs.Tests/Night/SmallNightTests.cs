using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>One night, then commands over what it published, one at a time: the folder has one writer.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class SmallNightTests
{
    private static readonly SmallShop Shop = new();
    private static Called s_night = null!;

    [ClassInitialize]
    public static async Task Publish(TestContext _)
    {
        Shop.With(SmallShop.TwoTastes());
        s_night = await Shop.Run("run", "nightly", "--json");
    }

    [ClassCleanup]
    public static void Clean() => Shop.Dispose();

    private static JsonElement Json(Called called)
    {
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        using var document = JsonDocument.Parse(called.Out);
        return document.RootElement.Clone();
    }

    private static string Version => Json(s_night).GetProperty("version").GetString()!;

    [TestMethod]
    public void A_night_publishes_and_says_where_every_row_went()
    {
        var night = Json(s_night);
        Assert.AreEqual("finished", night.GetProperty("state").GetString());
        var total = night.GetProperty("ingest").GetProperty("total");
        Assert.AreEqual(280, total.GetProperty("rows").GetInt64());
        Assert.AreEqual(280, total.GetProperty("kept").GetInt64() + total.GetProperty("merged").GetInt64() + total.GetProperty("quarantined").GetInt64());
        Assert.AreEqual(Version, File.ReadAllText(Path.Combine(Shop.Output, "current")).Trim());
    }

    [TestMethod]
    public async Task A_users_list_holds_what_the_user_does_not_have_from_the_users_taste()
    {
        var list = Json(await Shop.Run("lists", "u00", "--json")).GetProperty("list");

        Assert.IsFalse(list.GetProperty("is_default").GetBoolean());
        var first = list.GetProperty("entries")[0];
        Assert.AreEqual(1, first.GetProperty("rank").GetInt32());
        Assert.IsTrue(string.CompareOrdinal(first.GetProperty("item_id").GetString(), "i08") < 0, "u00 buys i00 to i07");
        Assert.AreEqual("because_you_bought", first.GetProperty("reason_code").GetString());
    }

    [TestMethod]
    public async Task A_user_nobody_knows_gets_the_defaults_and_is_told_so()
    {
        var called = await Shop.Run("lists", "nobody\u001b[2J");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, @"User nobody\u001b[2J");
        StringAssert.Contains(called.Out, "no list of their own");
    }

    [TestMethod]
    public async Task A_second_equal_night_runs_nothing()
    {
        var plan = Json(await Shop.Run("run", "nightly", "--dry-run", "--json"));

        Assert.IsTrue(plan.GetProperty("stages").EnumerateArray().All(s => !s.GetProperty("runs").GetBoolean()), plan.ToString());
    }

    [TestMethod]
    public async Task Versions_are_listed_and_shown_whole()
    {
        Assert.AreEqual(Version, Json(await Shop.Run("versions", "--json")).GetProperty("current").GetString());
        Assert.AreEqual(0, Json(await Shop.Run("versions", "show", Version, "--json")).GetProperty("damage").GetArrayLength());
        StringAssert.Contains((await Shop.Run("versions", "list")).Out, Version);
    }

    [TestMethod]
    public async Task There_is_nothing_to_roll_back_to_after_one_night()
    {
        var called = await Shop.Run("versions", "rollback");

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "no complete version older than the current one");
    }

    [TestMethod]
    public async Task Doctor_finds_the_night_whole()
    {
        var called = await Shop.Run("doctor");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, Version);
        StringAssert.Contains(called.Out, "Nothing is wrong.");
    }

    [TestMethod]
    public async Task A_job_that_does_not_exist_names_those_that_do()
    {
        var called = await Shop.Run("run", "nigthly");

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(
            called.Error,
            "job is 'nigthly'; expected one of nightly, delta, ingest, embed, tune, tune-encoder, train, rank, evaluate, sweep, neighbors, places, "
            + "materialize, publish");
    }
}
