using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Jobs.Scheduling.Cron;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>
/// Our reading of cron expressions beside that of Quartz 3.20.1, whose answers are frozen in <c>quartz-times.json</c>: the next times of ten
/// expressions in five zones, from a few hours before clock changes in both directions. All of them lie in the past, where no zone's rules
/// change any more.
/// </summary>
[TestClass]
internal sealed class CronTimesTests
{
    private static readonly string s_file = Path.Combine(Repository.Root, "Tests", "Jobs.Tests", "Scheduling", "quartz-times.json");

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IEnumerable<object[]> Crons => Frozen().Select(f => f.Cron).Distinct().Select(cron => new object[] { cron });

    [TestMethod]
    [DynamicData(nameof(Crons))]
    public void Times_are_those_of_Quartz_over_years_of_clock_changes(string cron)
    {
        var read = CronExpression.TryParse(cron, out _)!;
        foreach (var frozen in Frozen().Where(f => f.Cron == cron))
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(frozen.Zone);
            var at = frozen.After;
            foreach (var expected in frozen.Next)
            {
                var found = CronTimes.Next(read, zone, at);
                Assert.AreEqual(expected, found?.ToUniversalTime(), string.Create(CultureInfo.InvariantCulture, $"{cron} in {frozen.Zone} after {at:u}"));
                at = expected;
            }
        }
    }

    [TestMethod]
    public void The_frozen_times_hold_clock_changes_in_both_directions()
    {
        var frozen = Frozen();
        Assert.AreEqual(904, frozen.Sum(f => f.Next.Count));
        foreach (string name in (string[])["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
        {
            var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
            var steps = frozen.Where(f => f.Zone == name).Select(f => zone.GetUtcOffset(f.Next[^1]).CompareTo(zone.GetUtcOffset(f.After)));
            CollectionAssert.IsSubsetOf(new[] { -1, 1 }, steps.ToList(), name);
        }
    }

    private static List<FrozenTimes> Frozen() => JsonSerializer.Deserialize<List<FrozenTimes>>(File.ReadAllText(s_file), Json)!;

    private sealed record FrozenTimes(string Cron, string Zone, DateTimeOffset After, List<DateTimeOffset> Next);
}
