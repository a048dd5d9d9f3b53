using System.Text;
using Recsys.Batch.Benchmarks.Feedback;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class WindowImpressionsTests
{
    private const FeedbackKind Shown = FeedbackKind.Impression, Click = FeedbackKind.Click, Purchase = FeedbackKind.Purchase;

    [TestMethod]
    public void Rows_become_impressions_of_the_window_or_are_counted()
    {
        var found = Of(
            ("u1", "a", "v1", Shown, 3, 100), ("u1", "a", "v1", Shown, 1, 120), ("u1", "a", "v1", Click, 3, 130), ("u1", "a", "v1", Click, 3, 150),
            ("u1", "b", "v1", Shown, 4, 101), ("u1", "b", "v1", Shown, 4, 101), ("u1", "b", "v1", Purchase, 4, 140),
            // Another night is another list.
            ("u1", "a", "v2", Shown, 2, 199),
            // Before the window, and after it.
            ("u1", "b", "v2", Shown, 1, 99), ("u1", "b", "v2", Shown, 1, 200),
            ("u2", "a", "v1", Click, 1, 110), ("u2", "b", "v1", Click, 1, 110), ("u2", "b", "v1", Shown, 1, 111),
            ("u2", "c", "v1", Shown, 2, 111), ("u3", "a", "v1", Shown, 2, 111), ("u2", "a", "v2", Shown, -1, 111));

        CollectionAssert.AreEqual(
            new[]
            {
                new WindowImpression(0, 0, 0, 3, 100, 130), new WindowImpression(0, 0, 1, 4, 101, uint.MaxValue),
                new WindowImpression(1, 1, 1, 1, 111, uint.MaxValue), new WindowImpression(0, 3, 0, 2, 199, uint.MaxValue),
            },
            found.All.ToArray());
        Assert.AreEqual(
            "click_before_impression 1, click_without_impression 1, duplicate 1, no_place 1, outside_window 2, unknown_item 1, unknown_user 1",
            string.Join(", ", found.LeftOut.Select(l => $"{l.Key} {l.Value}")));
    }

    [TestMethod]
    public void Who_clicks_all_that_is_shown_teaches_nobody()
    {
        var rows = new List<(string, string, string, FeedbackKind, int, long)>();
        foreach (int user in Enumerable.Range(1, 2))
        {
            for (int k = 0; k < 20; k++)
            {
                rows.Add(($"u{user}", k % 2 == 0 ? "a" : "b", $"v{k / 2}", Shown, k % 2 + 1, 100 + k));
                if (user == 1 || k == 0) rows.Add(($"u{user}", k % 2 == 0 ? "a" : "b", $"v{k / 2}", Click, k % 2 + 1, 100 + k));
            }
        }

        var found = Of([.. rows]);

        Assert.IsTrue(found.All.Count == 20 && found.All.All(i => i.User == 1));
        Assert.AreEqual(40L, found.LeftOut["bot_click_share"]);
    }

    [TestMethod]
    public void Numbers_that_are_no_times_say_nothing()
    {
        var rows = Rows([("u1", "a", "v1", Shown, 1, 100)]);
        rows.Scales[0] = ClickTimes.WithinLog(0);

        var found = WindowImpressions.Of(rows, Ids("u1"), Ids("a"), 100, 200, new FeedbackOptions());

        Assert.AreEqual((0, 1L), (found.All.Count, found.LeftOut["no_time"]));
    }

    /// <summary>From files to what the night says, and again where the log has changed.</summary>
    [TestMethod]
    public async Task A_night_learns_from_the_impressions_of_its_window()
    {
        using var folder = new TempFolder();
        string log = folder.File("shop");
        var parameters = new SyntheticParameters(300, 120, 12_000, Seed: 5) { Days = 24, Clusters = 4 };
        new ShownShop(parameters).Write(log, ParquetFiles.Writer(), StageContext.Quiet(2));
        var night = SmallNight.Options(log, folder.File("out"));
        night.Rank.Algorithm = LogisticTraining.Name;
        night.Rank.MinUsers = 10;
        night.Diversify.Candidates = 100;
        night.Rank.Learn = RankLabel.Clicks;
        night.Feedback.Logs.Add(new()
        {
            Path = Path.Combine(log, ShownShop.Impressions),
            Columns = new() { User = "user_id", Item = "item_id", Version = "version", Kind = "kind", Rank = "rank", Time = "time" },
        });

        var first = await SmallNight.Run(night, request: new RunRequest(StageNames.Rank));
        var report = Read(first);
        Assert.AreEqual(LogisticTraining.Name, report.Algorithm, report.Why);
        Assert.IsTrue(report.Clicks is { Impressions: > 1_000, Clicks: > 100 }, report.Clicks!.ToString());
        Assert.IsGreaterThan(10_000L, report.Clicks.LeftOut["outside_window"]);
        Assert.IsFalse(
            Directory.EnumerateFileSystemEntries(folder.File("out"), "*.rows", SearchOption.AllDirectories).Any(), "rows of users are not kept");

        // The same path, other bytes: what they say is part of what decides whether the stage runs again.
        File.Copy(
            Path.Combine(log, ShownShop.Shuffled, "log.parquet"), Path.Combine(log, ShownShop.Impressions, "log.parquet"), overwrite: true);
        var second = await SmallNight.Run(night, request: new RunRequest(StageNames.Rank));
        Assert.AreNotEqual(report.Clicks.Decay, Read(second).Clicks!.Decay);

        RankReport Read(RunReport run) => RankReport.Read(Path.Combine(folder.File("out"), "runs", run.RunId, StageNames.Rank, RankReport.FileName));
    }

    private static WindowImpressions Of(params (string User, string Item, string Version, FeedbackKind Kind, int Rank, long Second)[] rows) =>
        WindowImpressions.Of(Rows(rows), Ids("u1", "u2"), Ids("a", "b"), 100, 200, new FeedbackOptions());

    private static IdMap Ids(params string[] names)
    {
        var ids = new IdMap();
        foreach (string name in names) ids.Add(name);
        return ids;
    }

    private static FeedbackRows Rows((string User, string Item, string Version, FeedbackKind Kind, int Rank, long Second)[] from)
    {
        var rows = new FeedbackRows(from.Length);
        foreach (var (user, item, version, kind, rank, second) in from)
        {
            int at = rows.Count++;
            (rows.Users[at], rows.Items[at]) = (rows.UserIds.Add(Encoding.UTF8.GetBytes(user)), rows.ItemIds.Add(Encoding.UTF8.GetBytes(item)));
            (rows.Versions[at], rows.Kinds[at], rows.Ranks[at]) = (rows.VersionIds.Add(Encoding.UTF8.GetBytes(version)), kind, rank);
            (rows.Times[at], rows.Scales[at]) = (second * 1_000_000, ClickTimes.Absolute);
        }
        return rows;
    }
}
