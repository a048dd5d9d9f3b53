using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class OffPolicyEstimatorTests
{
    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void Estimates_of_a_handful_of_lists_are_what_a_pencil_says()
    {
        // Two users; the first saw two lists. Weights of "arm 1 always": 0, 1/0.25 = 4, 1/0.5 = 2.
        var lists = Lists([0, 0, 1], [0, 1, 1], [0.75, 0.25, 0.5], [1, 2, 0]);
        var estimate = new OffPolicyEstimator(lists, new RewardModel(lists, new UserFolds(2, 2, 1)), 1, 1).Estimate(TargetPolicy.Always("one", 1, 1, 2));

        Assert.AreEqual(8.0 / 3, estimate.Ips.Value, 1e-12);
        Assert.AreEqual(8.0 / 6, estimate.Snips.Value, 1e-12);
        Assert.AreEqual(4, estimate.MaxWeight);
        Assert.AreEqual(36.0 / (16 + 4), estimate.EffectiveUsers, 1e-12);
        // One user clicked; and of the interval no more is said than that it is wide and starts where clicks do.
        Assert.AreEqual(1, estimate.EffectiveClicks, 1e-12);
        Assert.IsTrue(estimate.Ips.Low >= 0 && estimate.Ips.High > 2 * estimate.Ips.Value, $"{estimate.Ips}");
    }

    [TestMethod]
    public void The_doubly_robust_estimate_is_unbiased_whatever_the_model_says()
    {
        var lists = Lists([0, 1, 2, 3], [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], [1, 3, 1, 3]);
        var folds = new UserFolds(4, 2, 5);
        var model = new RewardModel(lists, folds);
        for (int user = 0; user < 4; user++)
        {
            int fold = folds.Of(user);
            int[] others = [.. Enumerable.Range(0, 4).Where(u => folds.Of(u) != fold)];
            if (others.Length == 0) continue;
            double overall = others.Average(u => lists.Reward[u]);
            double[] same = [.. others.Where(u => lists.Arm[u] == 1).Select(u => lists.Reward[u])];
            Assert.AreEqual((same.Sum() + 10 * overall) / (same.Length + 10), model.Of(fold, 0, 1), 1e-12);
        }
        var estimate = new OffPolicyEstimator(lists, model, 1, 1).Estimate(TargetPolicy.Always("one", 1, 1, 2));
        Assert.AreEqual(3, estimate.Snips.Value, 1e-12);
        Assert.AreEqual(3, estimate.Ips.Value, 1e-12);
    }

    [TestMethod]
    public void Intervals_hold_the_truth_95_times_in_100_and_the_naive_mean_does_not()
    {
        var tastes = SimulatedNights.Tastes(sharpness: 6);
        // Contexts that click more draw the third arm more often: what an arm brought as it is says who drew it.
        var uneven = SimulatedNights.Policy([0.6, 0.3, 0.1], [0.1, 0.3, 0.6]);
        var later = SimulatedNights.Policy([0.4, 0.4, 0.2], [0.2, 0.2, 0.6]);
        double[] truth = [.. Enumerable.Range(0, 3).Select(a => SimulatedNights.Truth(tastes, SimulatedNights.Always(a).Probabilities!))];
        const int Rounds = 300;
        var covered = new int[3, 3];
        var bias = new double[3, 4];
        int naive = 0;
        for (int round = 0; round < Rounds; round++)
        {
            var lists = SimulatedNights.Make(new SyntheticCustomers(tastes, (ulong)round), 700, (ulong)round, [uneven, later]);
            var estimator = new OffPolicyEstimator(lists, new RewardModel(lists, new UserFolds(lists.Clusters, 5, (ulong)round)), 50, 1);
            for (int arm = 0; arm < 3; arm++)
            {
                var e = estimator.Estimate(SimulatedNights.Always(arm));
                foreach (var (kind, value) in new[] { e.Ips, e.Snips, e.DoublyRobust }.Index())
                {
                    if (value.Low <= truth[arm] && truth[arm] <= value.High) covered[arm, kind]++;
                    bias[arm, kind] += (value.Value - truth[arm]) / Rounds;
                }
                bias[arm, 3] += (estimator.Naive(arm) - truth[arm]) / Rounds;
                if (arm == 2 && estimator.Naive(arm) > e.DoublyRobust.High) naive++;
                Assert.IsTrue(e.IsConclusive, e.Refusal);
            }
        }
        for (int arm = 0; arm < 3; arm++)
        {
            TestContext.WriteLine(
                $"arm {arm}: truth {truth[arm]:0.000}; held by IPS, SNIPS, DR {covered[arm, 0]}, {covered[arm, 1]}, {covered[arm, 2]} of {Rounds}; "
                + $"bias {bias[arm, 0]:0.0000}, {bias[arm, 1]:0.0000}, {bias[arm, 2]:0.0000}, naive {bias[arm, 3]:0.000}");
            for (int kind = 0; kind < 3; kind++)
            {
                Assert.IsTrue(
                    covered[arm, kind] >= 0.92 * Rounds && covered[arm, kind] <= 0.985 * Rounds,
                    $"arm {arm}, estimator {kind}: {covered[arm, kind]} of {Rounds}");
                Assert.AreEqual(0, bias[arm, kind], 0.03 * truth[arm], $"arm {arm}, estimator {kind}");
            }
        }
        Assert.IsTrue(Math.Abs(bias[2, 3]) > 0.15 * truth[2], $"naive bias {bias[2, 3]:0.000} of {truth[2]:0.000}");
        Assert.IsTrue(naive > 0.9 * Rounds, $"the naive mean lies above the interval in {naive} of {Rounds}");
    }

    [TestMethod]
    public void Doubly_robust_is_narrower_than_the_plain_one()
    {
        var lists = SimulatedNights.Make(new SyntheticCustomers(SimulatedNights.Tastes(6), 1), 4_000, 1, [SimulatedNights.Even()]);
        var e = new OffPolicyEstimator(lists, new RewardModel(lists, new UserFolds(lists.Clusters, 5, 1)), 50, 1).Estimate(SimulatedNights.Always(1));

        Assert.IsTrue(e.DoublyRobust.High - e.DoublyRobust.Low < 0.9 * (e.Ips.High - e.Ips.Low), $"{e.DoublyRobust} beside {e.Ips}");
    }

    [TestMethod]
    public void A_user_seen_on_many_nights_is_one_witness()
    {
        var customers = new SyntheticCustomers(SimulatedNights.Tastes(6), 3);
        PolicyEstimate Of(int nights, int users)
        {
            var lists = SimulatedNights.Make(customers, users, 1, [.. Enumerable.Repeat(SimulatedNights.Even(), nights)]);
            return new OffPolicyEstimator(lists, new RewardModel(lists, new UserFolds(lists.Clusters, 5, 1)), 50, 1).Estimate(TargetPolicy.Logging);
        }

        var once = Of(1, 1_000);
        var again = Of(20, 1_000);

        // Twenty nights of the same people know what these people do, not what people do: the error has a floor.
        double width = again.DoublyRobust.High - again.DoublyRobust.Low;
        Assert.IsTrue(width < once.DoublyRobust.High - once.DoublyRobust.Low);
        Assert.IsTrue(width > (once.DoublyRobust.High - once.DoublyRobust.Low) / Math.Sqrt(20) * 1.5, $"{width}");
        Assert.IsTrue(again.EffectiveUsers <= 1_000);
    }

    [TestMethod]
    public void A_user_counts_for_so_many_lists_and_no_more()
    {
        double[] weights = LoggedImpressions.WeightsOf([0, 0, 1, 0, 0], 2, 2);
        CollectionAssert.AreEqual(new[] { 0.5, 0.5, 1, 0.5, 0.5 }, weights);
        // One user clicked on four lists, the other on none of one: (4 * 0.5) / (4 * 0.5 + 1).
        var lists = Lists([0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 1, 1], weights);
        var e = new OffPolicyEstimator(lists, new RewardModel(lists, new UserFolds(2, 2, 1)), 1, 1).Estimate(TargetPolicy.Logging);
        Assert.AreEqual(2.0 / 3, e.Ips.Value, 1e-12);
        Assert.AreEqual(2.0 / 3, e.DoublyRobust.Value, 1e-12);
        Assert.AreEqual(9.0 / 5, e.EffectiveUsers, 1e-12);
    }

    [TestMethod]
    public void Few_users_and_arms_that_nobody_saw_conclude_nothing()
    {
        var few = SimulatedNights.Make(new SyntheticCustomers(SimulatedNights.Tastes(6), 1), 60, 1, [SimulatedNights.Even()]);
        var estimator = new OffPolicyEstimator(few, new RewardModel(few, new UserFolds(few.Clusters, 5, 1)), 100, 1);
        StringAssert.StartsWith(estimator.Estimate(SimulatedNights.Always(0)).Refusal, "too few: ");

        var rare = new OffPolicyEstimator(few, new RewardModel(few, new UserFolds(few.Clusters, 5, 1)), 1, 1_000).Estimate(SimulatedNights.Always(0));
        Assert.AreEqual($"too few: {Math.Floor(rare.EffectiveClicks):0} effective clicks, expected 1000", rare.Refusal);

        var lists = Lists([0, 1, 2], [0, 0, 0], [0.5, 0.5, 0.5], [1, 2, 0]);
        var unseen = new OffPolicyEstimator(lists, new RewardModel(lists, new UserFolds(3, 2, 1)), 1, 1);
        StringAssert.StartsWith(unseen.Estimate(TargetPolicy.Always("one", 1, 1, 2)).Refusal, "no overlap");
        Assert.IsNull(unseen.Estimate(TargetPolicy.Always("none", 0, 1, 2)).Refusal);

        var nobody = Lists([], [], [], []);
        var empty = new OffPolicyEstimator(nobody, new RewardModel(nobody, new UserFolds(0, 2, 1)), 1, 1).Estimate(TargetPolicy.Logging);
        Assert.AreEqual("no list was seen", empty.Refusal);
        Assert.IsTrue(double.IsNaN(empty.DoublyRobust.Value));
    }

    [TestMethod]
    public void Lists_that_were_not_seen_as_they_were_drawn_are_found_out()
    {
        double[][] even = [[0.25, 0.25, 0.5]];
        Assert.IsTrue(DrawCheck.PValue([[[250, 260, 490]]], [even]) > 0.05);
        Assert.IsTrue(DrawCheck.PValue([[[250, 330, 420]]], [even]) < 0.001);
        Assert.AreEqual(1, DrawCheck.PValue([[[1, 0, 2]]], [even]));
        // 3.841 is the 95th percentile with one degree of freedom.
        Assert.AreEqual(0.05, Recsys.Batch.Pipeline.Numerics.NormalDistribution.ChiSquaredTail(3.841, 1), 0.005);
        Assert.AreEqual(0.001, Recsys.Batch.Pipeline.Numerics.NormalDistribution.ChiSquaredTail(22.458, 6), 0.0001);
        Assert.AreEqual(1.959964, Recsys.Batch.Pipeline.Numerics.NormalDistribution.Quantile(0.975), 1e-4);
    }

    private static LoggedImpressions Lists(int[] users, byte[] arms, double[] propensity, double[] reward, double[]? weights = null) => new()
    {
        Contexts = 1,
        Arms = 2,
        Users = users,
        Clusters = users.Length == 0 ? 0 : users.Max() + 1,
        Context = new byte[users.Length],
        Arm = arms,
        Propensity = propensity,
        InForce = [.. users.Select(_ => true)],
        Weight = weights ?? [.. users.Select(_ => 1.0)],
        Reward = reward,
    };
}
