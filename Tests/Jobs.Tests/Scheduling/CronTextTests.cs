using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

[TestClass]
public sealed class CronTextTests
{
    [TestMethod]
    [DataRow("30 2 * * *", "every day at 02:30, Europe/Berlin")]
    [DataRow("30 2 * * 7", "every Sunday at 02:30, Europe/Berlin")]
    [DataRow("30 2 * * MON-FRI", "on MON-FRI at 02:30, Europe/Berlin")]
    [DataRow("5 * * * *", "every hour at minute 5, Europe/Berlin")]
    [DataRow("*/15 * * * *", "every 15 minutes, Europe/Berlin")]
    [DataRow("* * * * *", "every minute, Europe/Berlin")]
    [DataRow("30 2 L * *", "by the expression 30 2 L * *, Europe/Berlin")]
    public void InWords_says_what_is_common_and_shows_the_rest(string cron, string words)
    {
        Assert.IsNotNull(CronText.TryParse(cron, out string? fault), fault);
        Assert.AreEqual(words, CronText.InWords(cron, "Europe/Berlin"));
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("30 2 * *")]
    [DataRow("60 2 * * *")]
    [DataRow("30 2 * * MOO")]
    [DataRow("30 2 31 2,4 *")]
    public void TryParse_says_why_an_expression_cannot_be_used(string cron)
    {
        Assert.IsNull(CronText.TryParse(cron, out string? fault));
        Assert.IsFalse(string.IsNullOrWhiteSpace(fault));
    }
}
