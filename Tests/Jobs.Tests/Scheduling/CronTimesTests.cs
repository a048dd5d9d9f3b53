using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Cron;
using Recsys.Batch.Jobs.Scheduling.QuartzEngine;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Our reading of cron expressions beside Quartz': all engines fire at the same times.</summary>
[TestClass]
public sealed class CronTimesTests
{
    [TestMethod]
    [DataRow("30 2 * * *")]
    [DataRow("0 * * * *")]
    [DataRow("15,45 1-3 * * *")]
    [DataRow("*/20 */2 * * MON-FRI")]
    [DataRow("0 0 L * *")]
    [DataRow("0 12 29 2 *")]
    [DataRow("59 23 31 * *")]
    [DataRow("5 4 * * 0")]
    [DataRow("5 4 * * 7")]
    [DataRow("30 30 2 * MAR,OCT SUN")]
    public async Task Times_are_those_of_Quartz_over_years_of_clock_changes(string cron)
    {
        await using var quartz = new QuartzEngine(new SchedulerOptions(), [], "a");
        foreach (string name in (string[])["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
        {
            var schedule = new Schedule("s", "nightly", cron, name, MisfirePolicy.Skip, new Dictionary<string, string>(), null, null, 0, TimeSpan.Zero);
            var (read, zone) = (CronExpression.TryParse(cron, out _)!, TimeZoneInfo.FindSystemTimeZoneById(name));
            foreach (string start in (string[])["2026-02-27T00:00:00Z", "2026-03-07T22:00:00Z", "2026-03-28T22:00:00Z", "2026-04-04T10:00:00Z", "2026-10-03T10:00:00Z", "2026-10-24T20:00:00Z", "2026-10-31T22:00:00Z", "2027-12-31T20:00:00Z"])
            {
                var at = DateTimeOffset.Parse(start);
                for (int i = 0; i < 40 && at.Year < 2100; i++)
                {
                    var (expected, found) = (quartz.Next(schedule, at), CronTimes.Next(read, zone, at));
                    Assert.AreEqual(expected?.ToUniversalTime(), found?.ToUniversalTime(), $"{cron} in {name} after {at:u}");
                    at = found!.Value;
                }
            }
        }
    }
}
