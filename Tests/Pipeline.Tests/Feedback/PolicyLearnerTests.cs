using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Feedback.Learning;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class PolicyLearnerTests
{
    /// <summary>What a first look may spend.</summary>
    private const double Level = 0.025;

    private static readonly int[] Apart = [0, 1, 2];

    private static readonly StepBounds Bounds = new(Clip: 0.2, Floor: 0.05, MaxChange: 0.1);

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void A_step_favours_the_better_arm_as_far_as_the_clip_pays_and_no_further()
    {
        var customers = new SyntheticCustomers(SimulatedNights.Tastes(6), 1);
        var lists = SimulatedNights.Make(customers, 20_000, 1, [SimulatedNights.Even()]);
        double[] old = [1 / 3.0, 1 / 3.0, 1 / 3.0];

        double[] focused = ClippedPolicyGradient.Step(lists, 0, old, Apart, Bounds);
        double[] diverse = ClippedPolicyGradient.Step(lists, 1, old, Apart, Bounds);

        Assert.IsTrue(focused[0] > old[0] && focused[2] < old[2], string.Join(' ', focused));
        Assert.IsTrue(diverse[2] > old[2] && diverse[0] < old[0], string.Join(' ', diverse));
        foreach (double[] step in new[] { focused, diverse })
        {
            Assert.AreEqual(1, step.Sum(), 1e-9);
            for (int a = 0; a < 3; a++)
                Assert.IsTrue(step[a] / old[a] is > 0.79 and < 1.21 && Math.Abs(step[a] - old[a]) <= 0.1 + 1e-9, string.Join(' ', step));
        }
        CollectionAssert.AreEqual(focused, ClippedPolicyGradient.Step(lists, 0, old, Apart, Bounds));
        Assert.IsTrue(
            ClippedPolicyGradient.Step(lists, 0, old, Apart, Bounds with { MaxChange = 0.01 }).Zip(old, (n, o) => Math.Abs(n - o)).Max() <= 0.01 + 1e-9);
    }

    [TestMethod]
    public void Nothing_goes_below_the_floor_and_without_clicks_nothing_moves()
    {
        var lists = SimulatedNights.Make(
            new SyntheticCustomers(SimulatedNights.Tastes(6), 1), 5_000, 1, [SimulatedNights.Policy([0.9, 0.05, 0.05], [0.05, 0.05, 0.9])]);
        double[] step = ClippedPolicyGradient.Step(lists, 0, [0.9, 0.05, 0.05], Apart, Bounds);
        Assert.IsTrue(step.All(p => p >= 0.05 - 1e-9), string.Join(' ', step));

        var silent = SimulatedNights.Make(new SyntheticCustomers(new CustomerParameters([0.1, 0.4], 6, [0, 0]), 1), 5_000, 1, [SimulatedNights.Even()]);
        CollectionAssert.AreEqual(new[] { 0.3, 0.3, 0.4 }, ClippedPolicyGradient.Step(silent, 0, [0.3, 0.3, 0.4], Apart, Bounds));
        var (next, steps) = Learn(silent, SimulatedNights.Even());
        Assert.AreEqual(0, next.Steps);
        Assert.IsTrue(steps.All(s => s.Why.StartsWith("too few: 0 effective clicks on lists of lambda 0.1", StringComparison.Ordinal)), steps[0].Why);
        Assert.IsFalse(steps.Any(s => s.Looked), "what was not tested spends nothing");
    }

    [TestMethod]
    public void An_arm_that_was_pushed_to_its_floor_can_rise_again()
    {
        var wrong = SimulatedNights.Policy([0.05, 0.05, 0.9], [0.9, 0.05, 0.05]);
        var lists = SimulatedNights.Make(new SyntheticCustomers(SimulatedNights.Tastes(6), 1), 30_000, 1, [wrong]);

        double[] step = ClippedPolicyGradient.Step(lists, 0, [0.05, 0.05, 0.9], Apart, Bounds);

        Assert.IsTrue(step[0] > 0.055 && step[2] < 0.9, string.Join(' ', step));
    }

    [TestMethod]
    public void Night_after_night_the_loop_reaches_the_better_arms_within_its_bounds()
    {
        var tastes = SimulatedNights.Tastes(6);
        var customers = new SyntheticCustomers(tastes, 2);
        var policy = SimulatedNights.Even();
        double before = Value(tastes, policy);
        int moved = 0;
        for (ulong night = 0; night < 12; night++)
        {
            var lists = SimulatedNights.Make(customers, 6_000, night, [policy]);
            var (next, steps) = Learn(lists, policy);
            for (int x = 0; x < 2; x++)
                for (int a = 0; a < 3; a++)
                    Assert.IsTrue(Math.Abs(next.Probability(x, a) - policy.Probability(x, a)) <= 0.1 + 1e-5 && next.Probability(x, a) >= 0.05 - 1e-5);
            if (steps.Any(s => s.Moves))
            {
                moved++;
                Assert.AreEqual(policy.Id(), next.Parent);
                Assert.AreNotEqual(policy.Salt, next.Salt);
                Assert.AreEqual(policy.Steps + 1, next.Steps);
            }
            policy = next;
        }

        TestContext.WriteLine(
            $"{moved} of 12 nights moved; value {before:0.000} to {Value(tastes, policy):0.000}, "
            + $"at best {SimulatedNights.Truth(tastes, [[1, 0, 0], [0, 0, 1]]):0.000}, "
            + $"at best with the floor {SimulatedNights.Truth(tastes, [[0.9, 0.05, 0.05], [0.05, 0.05, 0.9]]):0.000}");
        Assert.IsTrue(moved >= 6, $"{moved} nights moved");
        // The first two lambdas are nearly the same to the first context, and go together.
        Assert.IsTrue(policy.Probability(0, 0) + policy.Probability(0, 1) > 0.85, $"context 0: {policy.Probability(0, 2)} of the third");
        Assert.IsTrue(policy.Probability(1, 2) > 0.5, $"context 1: {policy.Probability(1, 2)}");
        double best = SimulatedNights.Truth(tastes, [[1, 0, 0], [0, 0, 1]]);
        Assert.IsTrue(Value(tastes, policy) - before > 0.4 * (best - before), $"{before:0.000} to {Value(tastes, policy):0.000}, at best {best:0.000}");
    }

    [TestMethod]
    public void Where_arms_do_not_differ_hardly_a_night_moves()
    {
        var tastes = SimulatedNights.Tastes(sharpness: 0);
        int moved = 0;
        const int Rounds = 300;
        for (ulong round = 0; round < Rounds; round++)
        {
            var policy = SimulatedNights.Policy([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]);
            var lists = SimulatedNights.Make(new SyntheticCustomers(tastes, round), 2_500, round, [policy]);
            var steps = Learn(lists, policy).Steps;
            Assert.IsFalse(steps.Any(s => s.Why.StartsWith("too few", StringComparison.Ordinal)), "who refuses for another reason tests nothing");
            if (steps.Any(s => s.Moves)) moved++;
        }
        TestContext.WriteLine($"{moved} of {Rounds} nights moved");
        // 2.5% are promised at most; 300 rounds at 2.5% stay below 16 in 99.8 of 100 cases.
        Assert.IsTrue(moved <= 16, $"{moved} of {Rounds} nights moved without a reason");
    }

    [TestMethod]
    public void A_context_whose_arms_too_few_saw_stays_as_it_is_and_says_why()
    {
        var policy = SimulatedNights.Even();
        var few = SimulatedNights.Make(new SyntheticCustomers(SimulatedNights.Tastes(6), 1), 200, 1, [policy]);
        var (next, steps) = Learn(few, policy);
        Assert.AreSame(policy, next);
        Assert.IsTrue(steps.All(s => !s.Moves && s.Why.StartsWith("too few: ", StringComparison.Ordinal)), steps[0].Why);

        var many = SimulatedNights.Make(new SyntheticCustomers(SimulatedNights.Tastes(6), 1), 20_000, 1, [policy]);
        Assert.IsTrue(Learn(many, policy).Steps.All(s => s.Moves && s.Gain.Low > 0));
        var refused = new PolicyLearner(many, Bounds, 100, 25, 0.9).Step(policy, "because", Level);
        Assert.AreSame(policy, refused.Next);
        Assert.IsTrue(refused.Steps.All(s => s.Why == "because"));
    }

    private static double Value(CustomerParameters tastes, DiversityPolicy policy) => SimulatedNights.Truth(tastes, TargetPolicy.Of("", policy).Probabilities!);

    private static (DiversityPolicy Next, IReadOnlyList<ContextStep> Steps) Learn(LoggedImpressions lists, DiversityPolicy policy, double level = Level) =>
        new PolicyLearner(lists, Bounds, 100, 25, 0.9).Step(policy, null, level);
}
