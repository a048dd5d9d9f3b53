namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class BotDetectorTests
{
    [TestMethod]
    [DataRow("rate a minute", 5, 0, 0, 0.0, "bot_rate")]
    [DataRow("rate an hour", 0, 9, 0, 0.0, "bot_rate")]
    [DataRow("breadth", 0, 0, 9, 0.0, "bot_breadth")]
    [DataRow("all at their limits", 6, 10, 10, 0.0, null)]
    [DataRow("all off", 0, 0, 0, 0.0, null)]
    [DataRow("regularity", 0, 0, 0, 1.0, "bot_regularity")]
    public void Each_rule_has_its_limit(string rule, int perMinute, int perHour, int itemsADay, double variation, string? expected)
    {
        // 6 views in the first minute, 10 in the first hour of 10 items; all 10 seconds apart within their minutes.
        using var night = Views([.. Enumerable.Range(0, 10).Select(k => ("u", $"i{k}", 10L * k, (string?)null))]);
        night.Options.Bots =
            new() { MaxPerMinute = perMinute, MaxPerHour = perHour, MaxItemsPerDay = itemsADay, MinIntervalVariation = variation, MinIntervals = 5 };

        var statuses = night.Run().Report.RowsByFate;

        Assert.AreEqual(expected is not null, statuses.Keys.Any(k => k.StartsWith("bot_", StringComparison.Ordinal)), rule);
        if (expected is not null) Assert.AreEqual(10, statuses[expected], rule);
    }

    [TestMethod]
    public void Rows_of_one_group_in_one_second_are_one_action()
    {
        using var night = Views([.. Enumerable.Range(0, 10).Select(k => ("u", $"i{k}", 0L, (string?)"basket"))]);
        night.Options.Bots = new() { MaxPerMinute = 5, MaxItemsPerDay = 0 };

        Assert.AreEqual(11, night.Run().Report.Total.Kept);
    }

    [TestMethod]
    public void A_person_is_irregular_and_who_pays_is_no_bot()
    {
        var random = new Random(3);
        long at = 0;
        var person = Enumerable.Range(0, 200)
            .Select(k => ("u", $"i{k % 20}", at += 1 + (long)(-300 * Math.Log(1 - random.NextDouble())), (string?)null))
            .ToArray();
        using var night = Views(person);
        night.Options.Bots.MinIntervals = 50;
        night.Options.Bots.MinIntervalVariation = 0.5;
        Assert.AreEqual(201, night.Run().Report.Total.Kept);

        night.Options.Bots.MaxPerMinute = 1;
        night.Options.Bots.Kinds.Add("cart");
        Assert.AreEqual(201, night.Run().Report.Total.Kept);
    }

    private static IngestStep Views((string User, string Item, long Time, string? Group)[] rows)
    {
        var night = new IngestStep(s => s.DefaultKind = "view");
        night.Log(
            "a.parquet",
            [("other", "i0", 5, 1, 1, null), .. rows.Select(r => ((string?)r.User, (string?)r.Item, (long?)r.Time, (int?)1, (double?)1, r.Group))]);
        return night;
    }
}
