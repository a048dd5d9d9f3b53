using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

[TestClass]
internal sealed class GateTests
{
    private static readonly EvaluateOptions Options = new() { Cutoffs = [5], Baseline = "bad", AucUsers = 0, OverlapPairs = 0 };

    [TestMethod]
    public void A_model_that_beats_the_baseline_and_last_night_passes()
    {
        var report = Report(goodServes: true);

        var results = ModelGate.Check(report, Options, report.Published());

        Assert.IsTrue(results.All(r => r.Level == ConstraintLevel.Pass && r.Gate == "model"), string.Join("; ", results));
    }

    [TestMethod]
    public void A_model_that_is_surely_worse_than_the_baseline_is_refused()
    {
        var report = Report(goodServes: false);

        var result = ModelGate.Check(report, new EvaluateOptions { Cutoffs = [5], Baseline = "good" })[1];

        Assert.AreEqual((ConstraintLevel.Fail, "ndcg_against_good"), (result.Level, result.Name));
        StringAssert.Contains(result.Message, "difference -0.");
    }

    [TestMethod]
    public void A_better_baseline_than_the_one_that_gates_is_a_warning()
    {
        var report = Report(goodServes: false);
        var options = new EvaluateOptions { Cutoffs = [5], Baseline = report.Serving };

        var warned = ModelGate.Check(report, options)[^1];
        var part = ModelGate.Check(report, options, parts: ["good"])[^1];

        Assert.AreEqual((ConstraintLevel.Warn, "ndcg_against_best"), (warned.Level, warned.Name));
        StringAssert.Contains(warned.Message, "Train:Algorithm", StringComparison.Ordinal);
        Assert.AreEqual(ConstraintLevel.Pass, part.Level, "what the serving model is made of is no baseline");
    }

    [TestMethod]
    [DataRow(1.05, ConstraintLevel.Pass)]
    [DataRow(1.2, ConstraintLevel.Warn)]
    [DataRow(1.6, ConstraintLevel.Fail)]
    public void A_drop_against_the_published_version_warns_and_then_fails(double before, ConstraintLevel expected)
    {
        var report = Report(goodServes: true);
        var published = report.Published().ToDictionary(p => p.Key, p => p.Value * before);

        Assert.AreEqual(expected, ModelGate.Check(report, Options, published)[2].Level);
    }

    [TestMethod]
    public void Too_few_users_warn_but_do_not_stop_a_run()
    {
        var report = Report(goodServes: false);

        var results = ModelGate.Check(report, new EvaluateOptions { Cutoffs = [5], Baseline = "good", MinUsers = 1_000 },
            report.Published().ToDictionary(p => p.Key, p => p.Value * 10));

        Assert.IsTrue(results.Take(3).All(r => r.Level == ConstraintLevel.Warn), string.Join("; ", results));
    }

    [TestMethod]
    public void Good_lists_pass_with_their_figures()
    {
        var results = Audit(Block([0, 1], [2, 3]), last: user => user == 0 ? [0, 2] : null);

        Assert.IsTrue(results.Values.All(r => r.Level == ConstraintLevel.Pass && r.Gate == "lists"), string.Join("; ", results.Values));
        Assert.AreEqual(2.0 / 3, results["churn"].Value, 1e-12);
        Assert.AreEqual(1, results["coverage"].Value);
        // The first list holds twins (distance 0), the second items at right angles (1).
        Assert.AreEqual(0.5, results["ild"].Value, 1e-6);
    }

    [TestMethod]
    public void Every_fault_of_a_list_is_counted_and_fails()
    {
        var seen = SparseRows.FromTriplets(2, 4, [1], [3], [1f]);

        var results = Audit(Block([0, 0], [3]), seen, [false, true, true, true]);

        Assert.AreEqual((1.0, ConstraintLevel.Fail), (results["repeated_items"].Value, results["repeated_items"].Level));
        Assert.AreEqual((1.0, ConstraintLevel.Fail), (results["excluded_items"].Value, results["excluded_items"].Level));
        Assert.AreEqual((2.0, ConstraintLevel.Fail), (results["unavailable_items"].Value, results["unavailable_items"].Level));
        Assert.AreEqual((0.5, ConstraintLevel.Warn), (results["full_lists"].Value, results["full_lists"].Level));
    }

    [TestMethod]
    public void One_short_list_among_kept_ones_stops_no_delta()
    {
        var audit = new ListsAudit(
            new ListsAuditInputs(2, 4, LastVersion: user => user == 0 ? [0, 1] : [2, 3]) { KeepsLists = true },
            new ListsGateOptions { FullShareWarn = 0.9, FullShareFail = 0.5 });
        audit.Add(Block([0, 1], [3]));

        var full = audit.Finish().Single(r => r.Name == "full_lists");

        Assert.AreEqual((0.5, ConstraintLevel.Warn), (full.Value, full.Level));
        StringAssert.Contains(full.Message, "0 of 1 new lists have all 2 entries; 1 stand as they were");
    }

    [TestMethod]
    public void A_version_without_lists_or_with_a_broken_score_fails()
    {
        var broken = Block([0, 1], [2, 3]);
        broken.Scores[2] = float.PositiveInfinity;

        Assert.AreEqual(ConstraintLevel.Fail, new ListsAudit(new ListsAuditInputs(2, 4), new ListsGateOptions()).Finish()[0].Level);
        Assert.AreEqual(ConstraintLevel.Fail, Audit(broken)["scores_not_finite"].Level);
    }

    private static Dictionary<string, ConstraintResult> Audit(
        RecommendationBlock block, SparseRows? exclude = null, bool[]? available = null, Func<int, int[]?>? last = null)
    {
        var table = MaximalMarginalRelevanceTests.Table([[1, 0], [2, 0], [1, 0], [0, 1]]);
        var audit = new ListsAudit(new ListsAuditInputs(2, 4, exclude, available, table, last), new ListsGateOptions());
        audit.Add(block);
        return audit.Finish().ToDictionary(r => r.Name);
    }

    private static RecommendationBlock Block(int[] first, int[] second)
    {
        int n = first.Length + second.Length;
        return new RecommendationBlock
        {
            Users = [0, 1],
            Offsets = [0, first.Length, n],
            Items = [.. first, .. second],
            Scores = new float[n],
            Relevance = new float[n],
            DiversityGain = new float[n],
            Reasons = new ReasonCode[n],
            ReasonItems = new int[3 * n],
            Sources = new CandidateSource[n],
            Propensity = new float[n],
        };
    }

    private static EvaluationReport Report(bool goodServes)
    {
        var (holdOut, good, bad) = EvaluateStageTests.Planted(200, 40);
        EvaluatedModel[] models = goodServes ? [new("good", good), new("bad", bad)] : [new("bad", bad), new("good", good)];
        return new EvaluateStage(Options).Run(new EvaluateInputs(holdOut, models, new ExactRetriever()), StageContext.Quiet(1));
    }
}
