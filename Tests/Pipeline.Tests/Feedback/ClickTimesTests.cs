using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Tests.Runs;
using static Recsys.Batch.Pipeline.Tests.Feedback.FeedbackFiles;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class ClickTimesTests
{
    private static readonly DiversityPolicy Policy = SimulatedNights.Even(contexts: 1);

    private static readonly DateTimeOffset Made = new(2026, 1, 5, 2, 30, 0, 400, TimeSpan.Zero);

    [TestMethod]
    public void A_click_before_its_impression_or_its_version_is_rejected()
    {
        using var folder = new TempFolder();
        var version = Version(folder, "v1", Policy, ("ann", ["a", "b", "c"]), ("bob", ["a"])) with { Created = Made };
        DateTimeOffset At(int seconds) => Made.AddSeconds(seconds);
        Log(folder.File("log.parquet"),
        [
            ("ann", "a", "v1", "impression", At(100)), ("ann", "a", "v1", "click", At(99)),       // before it was shown
            ("ann", "b", "v1", "impression", At(100)), ("ann", "b", "v1", "impression", At(50)), ("ann", "b", "v1", "click", At(60)),
            ("ann", "c", "v1", "impression", At(-5)), ("ann", "c", "v1", "click", At(-4)),        // before there was a list
            ("bob", "a", "v1", "impression", new DateTimeOffset(2026, 1, 5, 2, 30, 0, TimeSpan.Zero)), // a log of whole seconds
        ]);
        var options = Options(folder);
        options.Logs[0].Columns.Rank = null;

        Assert.AreEqual("before_version 2, click_before_impression 1", Rejected(Run(folder, options, [version], Policy)));
        options.MaxClockSkew = 1;
        Assert.AreEqual("before_version 2", Rejected(Run(folder, options, [version], Policy)));
        options.MaxClockSkew = 5;
        Assert.AreEqual("", Rejected(Run(folder, options, [version], Policy)));
    }

    [TestMethod]
    public void Numbers_and_texts_are_times_as_far_as_they_can_be()
    {
        using var folder = new TempFolder();
        var version = Version(folder, "v1", Policy, ("ann", ["a", "b"])) with { Created = Made };
        int made = (int)Made.ToUnixTimeSeconds();
        Log(folder, "log.parquet", ("ann", "a", "v1", "impression", 1, made - 50), ("ann", "a", "v1", "click", 1, made - 60));
        var options = Options(folder);

        // Numbers without a unit compare with each other alone.
        Assert.AreEqual("click_before_impression 1", Rejected(Run(folder, options, [version], Policy)));
        options.Logs[0].EpochUnit = TimestampUnit.Seconds;
        Assert.AreEqual("before_version 2", Rejected(Run(folder, options, [version], Policy)));

        Texts(folder, "2026-01-05T02:30:00Z", "2026-01-05 03:29:59.9+01:00");
        Assert.AreEqual("before_version 1", Rejected(Run(folder, options, [version], Policy)));
        Texts(folder, "2026-01-05T02:40:00.200Z", "2026-01-05T02:40:00.100Z");
        Assert.AreEqual("click_before_impression 1", Rejected(Run(folder, options, [version], Policy)));
        Texts(folder, "5/1/2026", "4/1/2026");
        Assert.AreEqual("", Rejected(Run(folder, options, [version], Policy)));
    }

    private static void Texts(TempFolder folder, string impression, string click) => Write(
        folder.File("log.parquet"), Text("user", ["ann", "ann"]), Text("item", ["a", "a"]), Text("version", ["v1", "v1"]),
        Text("kind", ["impression", "click"]), Int("rank", [1, 1]), Text("time", [impression, click]));

    private static string Rejected(FeedbackResult result) => string.Join(", ", result.Report.Rejected.Select(r => $"{r.Key} {r.Value}"));
}
