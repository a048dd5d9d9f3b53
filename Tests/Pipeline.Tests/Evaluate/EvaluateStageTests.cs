using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Retrieve;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

[TestClass]
internal sealed class EvaluateStageTests
{
    // Train: user 0 has {0, 1}, user 1 has {1}, user 2 nothing, user 3 {2}; item 3 is cold.
    // Test: user 0 repeats 0 and takes 2; user 1 takes 3; user 2 takes 0.
    private static readonly HoldOut Small = new(
        new InteractionMatrix(SparseRows.FromTriplets(4, 4, [0, 0, 1, 3], [0, 1, 1, 2], [1f, 1f, 1f, 1f])),
        SparseRows.FromTriplets(4, 4, [0, 0, 1, 2], [0, 2, 3, 0], [1f, 1f, 1f, 1f]),
        77);

    private static readonly float[][] Scores = [[4f, 3f, 2f, 1f], [4f, 3f, 1f, 2f], [1f, 2f, 3f, 4f], [0f, 0f, 0f, 0f]];

    [TestMethod]
    public void Slices_differ_in_what_is_ranked_and_what_counts()
    {
        var report = Run(new EvaluateOptions { Cutoffs = [1, 2] });

        // all: user 0 ranks 0,1 -> hit of {0,2} at 1; user 1 ranks 0,1 -> misses 3.
        Assert.AreEqual(0.25, report.Find("ours", "all", "recall@1")!.Value);
        Assert.AreEqual(0.5, report.Find("ours", "all", "precision@1")!.Value);
        // new: user 0 ranks 2,3 and wants 2; user 1 ranks 0,3 and wants 3.
        Assert.AreEqual(0.5, report.Find("ours", "new", "recall@1")!.Value);
        Assert.AreEqual(1, report.Find("ours", "new", "recall@2")!.Value);
        Assert.AreEqual((1 + 1 / Math.Log2(3)) / 2, report.Find("ours", "new", "ndcg@2")!.Value, 1e-6);
        // cold: user 1 alone, who wants 3 in second place.
        var cold = report.Find("ours", "cold", "mrr@2")!;
        Assert.AreEqual((0.5, 1), (cold.Value, cold.Count));
        Assert.AreEqual(1, report.Find("ours", "cold_among_cold", "recall@1")!.Value, "item 3 has no rival without history");
        CollectionAssert.AreEquivalent(
            new[] { new SliceSize("all", 2, 3), new SliceSize("new", 2, 2), new SliceSize("cold", 1, 1), new SliceSize("cold_among_cold", 1, 1) },
            report.Sizes.ToArray());
        Assert.AreEqual((3, 1, 77u), (report.TestUsers, report.TestUsersWithoutHistory, report.Cut));
        // auc: user 0 has 2 above 3: 1; user 1 has 3 above 2 but below 0: 0.5.
        Assert.AreEqual(0.75, report.Find("ours", "new", "auc")!.Value, 1e-6);
        Assert.AreEqual(0.5, report.Find("ours", "new", "coverage@1")!.Value, "items 0 and 2 of four");
    }

    [TestMethod]
    public void Users_without_history_and_repeats_count_only_where_asked_for()
    {
        var report = Run(new EvaluateOptions { Cutoffs = [1], AllPairs = false, UsersWithoutHistory = true, AucUsers = 0, OverlapPairs = 0 });

        Assert.AreEqual(3, report.Sizes.Single(s => s.Slice == "new").Users);
        Assert.IsFalse(report.Metrics.Any(m => m.Slice == "all" || m.Metric == "auc" || m.Metric.StartsWith("user_", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_better_model_shows_in_a_paired_difference_and_a_report_survives_json()
    {
        var (holdOut, good, bad) = Planted(300, 200);
        var report = new EvaluateStage(new EvaluateOptions { Cutoffs = [5] }).Run(
            new EvaluateInputs(holdOut, [new("good", good), new("bad", bad)], new ExactRetriever()), StageContext.Quiet(2));

        var difference = report.Differences.Single(d => d.Slice == "new" && d.Metric == "ndcg@5");
        Assert.IsTrue(difference.Low > 0.3, $"{difference}");
        Assert.AreEqual(report.Find("good", "new", "ndcg@5")!.Value - report.Find("bad", "new", "ndcg@5")!.Value, difference.Value, 1e-9);
        Assert.IsTrue(report.Metrics.All(m => m.Low <= m.Value + 1e-9 && m.Value <= m.High + 1e-9 && double.IsFinite(m.Value)));
        string json = System.Text.Json.JsonSerializer.Serialize(report);
        var back = System.Text.Json.JsonSerializer.Deserialize<EvaluationReport>(json)!;
        Assert.AreEqual(json, System.Text.Json.JsonSerializer.Serialize(back));
        Assert.AreEqual(report.Find("good", "new", "ndcg@5"), back.Find("good", "new", "ndcg@5"));
    }

    [TestMethod]
    public void Lists_can_be_measured_as_they_are_published()
    {
        var scorer = new TableScorer(Scores);
        var report = new EvaluateStage(new EvaluateOptions { Cutoffs = [1], AllPairs = false }).Run(
            new EvaluateInputs(Small, [new("plain", scorer), new("turned", scorer) { ListsOf = HeadsOf, Candidates = 3 }], new ExactRetriever()),
            StageContext.Quiet(1));

        // new: user 0 ranks 2, 3 and wants 2; user 1 ranks 0, 3 and wants 3.
        Assert.AreEqual(1.0 / 2, report.Find("turned", "new", "mrr@1")!.Value);
        Assert.AreEqual(0.5, report.Find("turned", "new", "coverage@1")!.Value + 0.25, "item 3 alone of four");
        Assert.AreEqual(0.5, report.Find("plain", "new", "coverage@1")!.Value);
    }

    [TestMethod]
    public void Models_of_one_scorer_have_the_figures_that_they_have_alone()
    {
        var (holdOut, good, bad) = Planted(300, 60);
        EvaluationReport Of(params EvaluatedModel[] models) =>
            new EvaluateStage(new EvaluateOptions { Cutoffs = [5] }).Run(new EvaluateInputs(holdOut, models, new ExactRetriever()), StageContext.Quiet(2));
        EvaluatedModel plain = new("plain", good), lists = new("lists", good) { ListsOf = HeadsOf, Candidates = 50 };

        var together = Of(plain, new("other", bad), lists);

        foreach (var alone in (EvaluationReport[])[Of(plain), Of(lists)])
            foreach (var metric in alone.Metrics) Assert.AreEqual(metric, together.Find(metric.Model, metric.Slice, metric.Metric));
    }

    [TestMethod]
    public void A_report_over_a_sample_says_of_how_many()
    {
        var report = Run(new EvaluateOptions { Cutoffs = [1], MaxUsers = 1, OverlapPairs = 0 });

        Assert.AreEqual(new SliceSize("new", 1, 1) { SampledFrom = 2 }, report.Sizes.Single(s => s.Slice == "new"));
        Assert.AreEqual(new SliceSize("cold_among_cold", 1, 1), report.Sizes.Single(s => s.Slice == "cold_among_cold"), "the only one");
    }

    [TestMethod]
    public void The_report_does_not_depend_on_the_number_of_threads()
    {
        var (holdOut, good, bad) = Planted(1_100, 60);
        string Json(int threads) =>
            System.Text.Json.JsonSerializer.Serialize(new EvaluateStage(new EvaluateOptions { Replicates = 100, OverlapPairs = 500 }).Run(
                new EvaluateInputs(holdOut, [new("good", good), new("bad", bad)], new ExactRetriever()), StageContext.Quiet(threads)));

        Assert.AreEqual(Json(1), Json(3));
    }

    [TestMethod]
    public void Nothing_to_measure_gives_an_empty_report_and_a_warning_gate()
    {
        var empty = Small with { Test = SparseRows.FromTriplets(4, 4, [], [], []) };
        var options = new EvaluateOptions { Cutoffs = [1] };

        var report = new EvaluateStage(options)
            .Run(new EvaluateInputs(empty, [new("ours", new TableScorer(Scores))], new ExactRetriever()), StageContext.Quiet(1));

        Assert.AreEqual(0, report.Metrics.Count);
        Assert.IsTrue(ModelGate.Check(report, options).All(c => c.Level != ConstraintLevel.Fail));
        Assert.AreEqual(ConstraintLevel.Warn, ModelGate.Check(report, options)[0].Level);
    }

    [TestMethod]
    public void Models_of_another_shape_or_with_one_name_are_refused()
    {
        var stage = new EvaluateStage(new EvaluateOptions());
        var scorer = new TableScorer(Scores);

        Assert.ThrowsExactly<ArgumentException>(
            () => stage.Run(new EvaluateInputs(Small, [new("a", scorer), new("a", scorer)], new ExactRetriever()), StageContext.Quiet(1)));
        Assert.ThrowsExactly<ArgumentException>(
            () => stage.Run(new EvaluateInputs(Small, [new("a", new TableScorer([[1f]]))], new ExactRetriever()), StageContext.Quiet(1)));
        Assert.ThrowsExactly<ArgumentException>(() => stage.Run(new EvaluateInputs(Small, [], new ExactRetriever()), StageContext.Quiet(1)));
    }

    /// <summary>Users of two tastes; one model knows them, the other ranks at random.</summary>
    internal static (HoldOut HoldOut, IBlockScorer Good, IBlockScorer Bad) Planted(int users, int items)
    {
        var random = new Random(6);
        var train = new List<(int User, int Item)>();
        var test = new List<(int User, int Item)>();
        var good = new float[users][];
        var bad = new float[users][];
        for (int u = 0; u < users; u++)
        {
            int[] liked = [.. Enumerable.Range(0, items).Where(i => i % 2 == u % 2).Take(12)];
            random.Shuffle(liked);
            train.AddRange(liked[..6].Select(i => (u, i)));
            test.AddRange(liked[6..].Select(i => (u, i)));
            good[u] = [.. Enumerable.Range(0, items).Select(i => (liked.Contains(i) ? 1 : 0) + 0.8f * random.NextSingle())];
            bad[u] = [.. Enumerable.Range(0, items).Select(_ => random.NextSingle())];
        }
        SparseRows Rows(List<(int User, int Item)> pairs) =>
            SparseRows.FromTriplets(users, items, [.. pairs.Select(p => p.User)], [.. pairs.Select(p => p.Item)], [.. pairs.Select(_ => 1f)]);
        return (new HoldOut(new InteractionMatrix(Rows(train)), Rows(test), 0), new TableScorer(good), new TableScorer(bad));
    }

    /// <summary>The first two candidates, turned around.</summary>
    private static RecommendationBlock HeadsOf(CandidateBlock candidates)
    {
        var items = new List<int>();
        var offsets = new List<int> { 0 };
        for (int u = 0; u < candidates.Users.Length; u++)
        {
            items.AddRange(candidates.ItemsOf(u).ToArray().Take(2).Reverse());
            offsets.Add(items.Count);
        }
        return new RecommendationBlock
        {
            Users = candidates.Users,
            Offsets = [.. offsets],
            Items = [.. items],
            Scores = [],
            Relevance = [],
            DiversityGain = [],
            Reasons = [],
            ReasonItems = [],
            Sources = [],
            Propensity = [],
        };
    }

    private static EvaluationReport Run(EvaluateOptions options) =>
        new EvaluateStage(options).Run(new EvaluateInputs(Small, [new("ours", new TableScorer(Scores))], new ExactRetriever()), StageContext.Quiet(1));
}
