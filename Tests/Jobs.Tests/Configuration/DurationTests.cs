using Recsys.Batch.Jobs.Configuration;

namespace Recsys.Batch.Jobs.Tests.Configuration;

[TestClass]
public sealed class DurationTests
{
    [TestMethod]
    [DataRow("26:00:00", "1.02:00:00")]
    [DataRow("23:59:59.5", "23:59:59.5")]
    [DataRow("100:30:15", "4.04:30:15")]
    [DataRow("1.02:00:00", "1.02:00:00")]
    [DataRow("00:00:00.1", "00:00:00.1")]
    public void TryParse_takes_hours_beyond_a_day_for_hours(string text, string expected)
    {
        Assert.IsTrue(ScalarText.TryParse(typeof(TimeSpan), text, out object? value));
        Assert.AreEqual(TimeSpan.Parse(expected), value);
    }

    [TestMethod]
    [DataRow("26")]
    [DataRow("26:60:00")]
    [DataRow("1.26:00:00")]
    [DataRow("26:00:61")]
    public void TryParse_refuses_what_is_no_duration(string text) => Assert.IsFalse(ScalarText.TryParse(typeof(TimeSpan), text, out _));
}
