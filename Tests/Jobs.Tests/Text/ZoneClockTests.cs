using System.Globalization;
using Recsys.Batch.Jobs.Text;

namespace Recsys.Batch.Jobs.Tests.Text;

[TestClass]
internal sealed class ZoneClockTests
{
    private static DateTimeOffset At(string utc) => DateTimeOffset.Parse(utc, CultureInfo.InvariantCulture);

    [TestMethod]
    [DataRow("UTC", "2026-07-01T22:30:00Z", "1 Jul 2026, 22:30 UTC")]
    [DataRow("Europe/Berlin", "2026-07-01T22:30:00Z", "2 Jul 2026, 00:30 Europe/Berlin")]
    [DataRow("Europe/Berlin", "2026-10-25T00:30:00Z", "25 Oct 2026, 02:30 Europe/Berlin (UTC+02:00)")]
    [DataRow("Europe/Berlin", "2026-10-25T01:30:00Z", "25 Oct 2026, 02:30 Europe/Berlin (UTC+01:00)")]
    [DataRow("Asia/Kathmandu", "2026-01-01T00:00:00Z", "1 Jan 2026, 05:45 Asia/Kathmandu")]
    public void Moment_is_the_zones_with_its_name(string zone, string utc, string expected) =>
        Assert.AreEqual(expected, ZoneClock.Of(zone).Moment(At(utc)));

    [TestMethod]
    [DataRow("UTC", "2026-03-29", "2026-03-29T00:00:00Z")]
    [DataRow("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z")]
    [DataRow("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z")] // Clocks leap from midnight to 01:00.
    [DataRow("Atlantic/Azores", "2026-10-25", "2026-10-25T00:00:00Z")] // Clocks go back from 01:00 to midnight: the first of the two.
    public void Day_begins_at_the_zones_first_midnight(string zone, string day, string expected) => Assert.AreEqual(
        At(expected), ZoneClock.Of(zone).Start(DateOnly.Parse(day, CultureInfo.InvariantCulture)));

    [TestMethod]
    [DataRow("Berlin", "Europe/Berlin")]
    [DataRow("new york", "America/New_York")]
    [DataRow("Europe/Atlantis", "UTC or Europe/Berlin")]
    public void Name_that_is_no_zone_is_answered_with_one_that_is(string wrong, string near)
    {
        Assert.IsFalse(ZoneClock.Knows(wrong));
        StringAssert.Contains(ZoneClock.Expected(wrong), near);
    }
}
