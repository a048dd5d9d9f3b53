using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>Items that were shown often and never clicked.</summary>
[TestClass]
internal sealed class ImpressionFatigueTests
{
    private const long Day = 86_400_000_000;

    private static readonly FatigueOptions Options = new() { Enabled = true, Impressions = 3, Factor = 0.5, Days = 10 };

    [TestMethod]
    public void What_is_shown_often_and_never_clicked_steps_back()
    {
        // Item 0 four times, item 1 four times and clicked, item 2 twice.
        var rows = Rows([.. Shown(0, 4), .. Shown(1, 4), (1, true, 4), .. Shown(2, 2)]);

        var candidates = Apply(rows);

        // Scores 10, 9, ... 1: of item 0's relevance of 1 a quarter is left, and it stands behind what has more.
        Assert.AreEqual("1 2 3 4 5 6 0 7 8 9", string.Join(' ', candidates.ItemsOf(0).ToArray()));
        Assert.AreEqual(1 + 9 * 0.25f, candidates.ScoresOf(0)[6], 1e-5f);
        Assert.AreEqual((10f, 1f), candidates.Scales![0]);
        Assert.AreEqual("0 1 2 3 4 5 6 7 8 9", string.Join(' ', candidates.ItemsOf(1).ToArray()), "the other user has not seen it");
    }

    [TestMethod]
    public void Showings_of_long_ago_and_rows_logged_twice_do_not_count()
    {
        var old = Apply(Rows([(0, false, 1), (0, false, 2), (0, false, 20), (0, false, 20), (0, false, 21)]));

        Assert.AreEqual("0 1 2 3 4 5 6 7 8 9", string.Join(' ', old.ItemsOf(0).ToArray()));
        Assert.IsNull(old.Scales, "nothing was done");
    }

    private static IEnumerable<(int Item, bool IsClick, int Day)> Shown(int item, int times) => Enumerable.Range(1, times).Select(d => (item, false, d));

    private static CandidateBlock Apply(FeedbackRows rows)
    {
        var (users, items) = (new IdMap(2), new IdMap(10));
        users.Add("a");
        users.Add("b");
        for (int i = 0; i < 10; i++) items.Add($"i{i}");
        var candidates = new CandidateBlock([0, 1], 10);
        for (int at = 0; at < 20; at++) (candidates.Items[at], candidates.Scores[at]) = (at % 10, 10 - at % 10);
        (candidates.Counts[0], candidates.Counts[1]) = (10, 10);
        return ImpressionFatigue.Of(rows, users, items, Options).Apply(candidates, Options);
    }

    private static FeedbackRows Rows((int Item, bool IsClick, int Day)[] of)
    {
        var rows = new FeedbackRows(of.Length);
        foreach (var (item, isClick, day) in of)
        {
            int at = rows.Count++;
            rows.Users[at] = rows.UserIds.Add("a");
            rows.Items[at] = rows.ItemIds.Add($"i{item}");
            rows.Versions[at] = rows.VersionIds.Add("v");
            rows.Kinds[at] = isClick ? FeedbackKind.Click : FeedbackKind.Impression;
            (rows.Times[at], rows.Scales[at]) = (day * Day, ClickTimes.Absolute);
        }
        return rows;
    }
}
