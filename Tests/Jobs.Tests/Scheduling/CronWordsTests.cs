using Recsys.Batch.Jobs.Scheduling.Cron;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

[TestClass]
internal sealed class CronWordsTests
{
    [TestMethod]
    [DataRow("30 2 * * *", "At 02:30 every day (Europe/Berlin)")]
    [DataRow("0 6,18 * * *", "At 06:00 and 18:00 every day (Europe/Berlin)")]
    [DataRow("0 */6 * * *", "At 00:00, 06:00, 12:00 and 18:00 every day (Europe/Berlin)")]
    [DataRow("30 2 * * MON-FRI", "At 02:30 on Monday to Friday (Europe/Berlin)")]
    [DataRow("30 2 * * 7", "At 02:30 on Sunday (Europe/Berlin)")]
    [DataRow("30 2 * * 0,6", "At 02:30 on Sunday and Saturday (Europe/Berlin)")]
    [DataRow("30 2 1 * *", "At 02:30 on day 1 of every month (Europe/Berlin)")]
    [DataRow("30 2 1,15 JAN,JUL *", "At 02:30 on days 1 and 15 of January and July (Europe/Berlin)")]
    [DataRow("30 2 L * *", "At 02:30 on the last day of every month (Europe/Berlin)")]
    [DataRow("30 2 * 6-8 *", "At 02:30 every day in June to August (Europe/Berlin)")]
    [DataRow("* * * * *", "Every minute (Europe/Berlin)")]
    [DataRow("*/15 * * * *", "Every 15 minutes (Europe/Berlin)")]
    [DataRow("0 * * * *", "Every hour (Europe/Berlin)")]
    [DataRow("5 * * * *", "At minute 5 of every hour (Europe/Berlin)")]
    [DataRow("5 * * * MON", "At minute 5 of every hour on Monday (Europe/Berlin)")]
    [DataRow("*/10 8-17 * * MON-FRI", "Every 10 minutes from 08:00 to 17:59 on Monday to Friday (Europe/Berlin)")]
    [DataRow("*/20 */2 * * *", "Every 20 minutes of every 2nd hour every day (Europe/Berlin)")]
    [DataRow("15 30 2 * * *", "At 02:30:15 every day (Europe/Berlin)")]
    [DataRow("*/5 * * * * *", "Every 5 seconds (Europe/Berlin)")]
    public void An_expression_reads_as_a_sentence(string cron, string words)
    {
        var read = CronExpression.TryParse(cron, out string? fault);
        Assert.IsNull(fault);
        Assert.AreEqual(words, CronWords.Of(read!, "Europe/Berlin"));
    }

    [TestMethod]
    [DataRow("", "it has 0 fields; expected 5")]
    [DataRow("30 2 * *", "it has 4 fields; expected 5")]
    [DataRow("60 2 * * *", "minute '60'; expected 0 to 59")]
    [DataRow("30 24 * * *", "hour '24'; expected 0 to 23")]
    [DataRow("30 2 0 * *", "day of the month '0'; expected 1 to 31")]
    [DataRow("30 2 * 13 *", "month '13'; expected 1 to 12, JAN to DEC")]
    [DataRow("30 2 * * 8", "weekday '8'; expected 0 to 7 (0 and 7 are Sunday), SUN to SAT")]
    [DataRow("30 2 * * MOO", "weekday 'MOO'; expected")]
    [DataRow("30 5-2 * * *", "hour '5-2'; expected")]
    [DataRow("*/0 2 * * *", "minute '*/0'; expected")]
    [DataRow("1,,2 2 * * *", "minute '1,,2'; expected")]
    [DataRow("30 2 1 * MON", "it names a day of the month ('1') and a weekday ('MON'); expected * for one of them")]
    [DataRow("30 2 31 2,4 *", "day of the month '31' comes in none of the months '2,4'")]
    [DataRow("-1 2 * * *", "minute '-1'; expected")]
    public void A_fault_names_the_field_its_value_and_what_was_expected(string cron, string expected)
    {
        Assert.IsNull(CronExpression.TryParse(cron, out string? fault));
        StringAssert.StartsWith(fault, expected);
    }
}
