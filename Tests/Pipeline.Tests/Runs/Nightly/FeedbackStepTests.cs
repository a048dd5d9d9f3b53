using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class FeedbackNightTests
{
    [TestMethod]
    public async Task After_clicks_and_feedback_the_next_night_draws_by_what_was_learned()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var first = await SmallNight.Run(Options(folder));
        double[] truth = [.. Click(folder, seed: 1)];

        var fed = await SmallNight.Run(Options(folder), request: new RunRequest("feedback"));

        CollectionAssert.AreEqual(new[] { "feedback" }, fed.Stages.Select(s => s.Stage).ToArray());
        var report = FeedbackReport.Read(Path.Combine(fed.Stages[0].Folder, FeedbackReport.FileName));
        Assert.AreEqual(report.Rows, report.Joined + report.Rejected.Values.Sum());
        Assert.IsTrue(report.Rejected.Values.Sum() > 0 && report.Rejected.Values.Sum() < report.Rows / 20);
        Assert.IsTrue(report.Moves, report.Decision);
        Assert.AreEqual(1, fed.Metric("feedback", "feedback.moved"));
        Assert.AreEqual(1, fed.Metric("feedback", "feedback.looks"));
        Assert.AreEqual(0.025, fed.Metric("feedback", "feedback.level_spent")!.Value, 1e-12);
        for (int a = 0; a < truth.Length; a++)
        {
            var e = report.Arms[a].Estimate.DoublyRobust;
            // Four standard errors: one seed is looked at here; coverage is measured over many elsewhere.
            Assert.AreEqual(truth[a], e.Value, 2 * (e.High - e.Low), $"arm {a}");
        }

        var second = await SmallNight.Run(Options(folder));
        Assert.AreNotEqual(first.Version, second.Version);
        Assert.AreEqual(StageState.Reused, second.Stages.Single(s => s.Stage == StageNames.Train).State);
        using (var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") }))
        {
            var (before, after) = (output.PolicyOf(first.Version!)!, output.PolicyOf(second.Version!)!);
            Assert.AreEqual(("learned", 1, before.Id()), (after.Origin, after.Steps, after.Parent));
            Assert.AreEqual(report.Next, after.Id());
            Assert.IsTrue(after.Probability(0, 2) > before.Probability(0, 2), "customers like the widest lists best");
            Assert.AreEqual(0, output.Damage(output.Store.Find(second.Version!)!).Count);
        }

        // Nobody has seen the new lists yet: what was said of the old ones moves nothing twice.
        var again = await SmallNight.Run(Options(folder), request: new RunRequest("feedback"));
        report = FeedbackReport.Read(Path.Combine(again.Stages[0].Folder, FeedbackReport.FileName));
        Assert.IsFalse(report.Moves);
        StringAssert.Contains(report.Decision, "0 users saw lists of the policy in force");
        Assert.AreEqual(report.InForce, report.Next);
        var third = await SmallNight.Run(Options(folder));
        Assert.AreEqual(second.Version, third.Version);

        // An operator starts over.
        var reset = Options(folder);
        reset.Diversify.Explore.Policy = "initial";
        Assert.AreEqual(first.Version, (await SmallNight.Run(reset)).Version);
    }

    [TestMethod]
    public async Task The_same_feedback_is_one_step_however_often_and_with_any_threads()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        await SmallNight.Run(Options(folder));
        Click(folder, seed: 1);

        var once = await SmallNight.Run(Options(folder), request: new RunRequest("feedback"));
        var twice = await SmallNight.Run(Options(folder), request: new RunRequest("feedback"));
        var options = Options(folder);
        options.Runs.Threads = 1;
        var forced = await SmallNight.Run(options, request: new RunRequest("feedback", "feedback"));

        Assert.AreEqual(StageState.Reused, twice.Stages[0].State);
        Assert.AreEqual(StageState.Finished, forced.Stages[0].State);
        foreach (string file in new[] { DiversityPolicy.FileName, FeedbackReport.FileName })
            Assert.AreEqual(File.ReadAllText(Path.Combine(once.Stages[0].Folder, file)), File.ReadAllText(Path.Combine(forced.Stages[0].Folder, file)));
    }

    [TestMethod]
    public async Task Without_logs_the_key_to_set_is_named_before_anything_is_touched()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var options = Options(folder);
        options.Feedback.Logs.Clear();

        var error = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => SmallNight.Run(options, request: new RunRequest("feedback")));
        StringAssert.Contains(error.Message, "Feedback:Logs:0:Path");
        Assert.ThrowsExactly<ConfigurationException>(() => NightlyRun.Check(options, new RunRequest("feedback")));

        // The night itself asks for none.
        NightlyRun.Check(options, new RunRequest());
    }

    [TestMethod]
    public async Task Arms_that_the_configuration_changed_start_from_the_beginning()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        await SmallNight.Run(Options(folder));
        Click(folder, seed: 1);
        await SmallNight.Run(Options(folder), request: new RunRequest("feedback"));
        var options = Options(folder);
        options.Diversify.Explore.Arms = [0.1, 0.2, 0.6];

        var night = await SmallNight.Run(options);

        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        Assert.AreEqual("initial", output.PolicyOf(night.Version!)!.Origin);
    }

    private static PipelineOptions Options(TempFolder folder)
    {
        var night = ExploringNightTests.Options(folder);
        night.Diversify.Explore.HistoryBounds = [];
        night.Diversify.Explore.Share = 0.67;
        night.Feedback.MinEffectiveUsers = 10;
        // Of the narrow lists hardly an item is clicked.
        night.Feedback.MinClicks = 1;
        night.Feedback.Logs = [new()
        {
            Name = "shop",
            Path = folder.File("clicks"),
            Columns = new() { User = "user_id", Item = "item_id", Version = "version", Kind = "kind", Rank = "rank", Time = "time" },
        }];
        return night;
    }

    /// <summary>Customers with a strong taste see the current version.</summary>
    /// <returns>The truth by arm.</returns>
    private static IReadOnlyList<double> Click(TempFolder folder, ulong seed)
    {
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        string version = output.Store.Current!;
        string at = output.FolderOf(version);
        var policy = output.PolicyOf(version)!;
        var tastes = SyntheticFeedback.Tastes(policy) with { Sharpness = 8, Appeals = [0.5], VisitShare = 1 };
        return new SyntheticFeedback(new SyntheticCustomers(tastes, seed), seed).Write(
            new VersionImpressions(
                version, policy, output.Store.Find(version)!.Created,
                [Path.Combine(at, "user_recommendations", "part-00001.parquet")], [Path.Combine(at, "list_arms", "part-00001.parquet")]),
            folder.File("clicks"), ParquetFiles.Reader(), ParquetFiles.Writer(), StageContext.Quiet(1)).Truth;
    }
}
