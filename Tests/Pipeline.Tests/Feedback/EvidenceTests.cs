using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Learning;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

/// <summary>What clicks may move: each piece of evidence once, and no arm by more than chance explains.</summary>
[TestClass]
internal sealed class EvidenceTests
{
    private static readonly StepBounds Bounds = new(Clip: 0.2, Floor: 0.05, MaxChange: 0.1);

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(0.14)]
    [DataRow(0.2)]
    public void Two_equal_arms_beside_a_better_one_are_not_pushed_apart(double better)
    {
        const int Rounds = 400;
        var policy = SimulatedNights.Even(contexts: 1);
        int moved = 0, apart = 0, couldBe = 0;
        for (ulong round = 0; round < Rounds; round++)
        {
            var lists = Lists(round, 6_000, [0.1, 0.1, better], policy, night: 0);
            var next = new PolicyLearner(lists, Bounds, 100, 25, 0.9).Step(policy, null, level: 0.025).Next;
            if (next.Steps > 0) moved++;
            if (IsApart([next.Probability(0, 0), next.Probability(0, 1)])) apart++;
            if (IsApart(ClippedPolicyGradient.Step(lists, 0, [1 / 3.0, 1 / 3.0, 1 / 3.0], [0, 1, 2], Bounds))) couldBe++;
        }
        TestContext.WriteLine($"{moved} of {Rounds} moved; equal arms apart in {apart}, and in {couldBe} were each taken for itself");
        Assert.IsTrue(moved > Rounds / 2, $"{moved} moved");
        Assert.IsTrue(couldBe > Rounds / 10, "arms that chance does not push apart test nothing");
        // 5% and three standard errors.
        Assert.IsTrue(apart <= 0.05 * Rounds + 3 * Math.Sqrt(0.05 * 0.95 * Rounds), $"{apart} of {Rounds}");

        static bool IsApart(double[] pi) => Math.Abs(pi[0] / pi[1] - 1) > 1e-3;
    }

    [TestMethod]
    public void Looking_every_night_moves_equal_arms_no_oftener_than_was_promised()
    {
        const int Rounds = 150, Nights = 15;
        var policy = SimulatedNights.Even(contexts: 1);
        int moved = 0, naive = 0;
        for (ulong round = 0; round < Rounds; round++)
        {
            var history = EvidenceHistory.Empty;
            bool has = false, would = false;
            for (int night = 1; night <= Nights; night++)
            {
                var lists = Lists(round, night * 400, [0.2, 0.2, 0.2], policy, night: 0);
                var evidence = SequentialLooks.Grown(history, policy, new Dictionary<string, int> { ["v"] = lists.Count });
                var looks = new SequentialLooks(0.05, evidence);
                var learner = new PolicyLearner(lists, Bounds, 100, 25, 0.9);
                if (looks.IsDue)
                {
                    var (next, steps) = learner.Step(policy, null, looks.Level);
                    has |= next.Steps > 0;
                    if (steps.Any(s => s.Looked)) evidence = looks.With(next.Steps > 0 ? next.Shares : null);
                }
                would |= learner.Step(policy, null, 0.05).Next.Steps > 0;
                history = history.With(policy.Id(), evidence);
            }
            if (has) moved++;
            if (would) naive++;
        }
        TestContext.WriteLine($"{moved} of {Rounds} moved in {Nights} nights; at one level every night {naive}");
        Assert.IsTrue(moved <= 0.05 * Rounds + 3 * Math.Sqrt(0.05 * 0.95 * Rounds), $"{moved} of {Rounds}");
        Assert.IsTrue(naive > 0.06 * Rounds, "looks that cost nothing test nothing");
    }

    [TestMethod]
    public void What_moved_by_chance_is_not_confirmed_by_the_same_clicks()
    {
        const double Level = 0.5;
        var policy = SimulatedNights.Even(contexts: 1);
        int moved = 0, again = 0;
        for (ulong round = 0; round < 400; round++)
        {
            var first = Lists(round, 3_000, [0.2, 0.2, 0.2], policy, night: 0);
            var next = new PolicyLearner(first, Bounds, 100, 25, 0.9).Step(policy, null, Level).Next;
            if (next.Steps == 0) continue;
            moved++;
            Assert.AreEqual(next, new PolicyLearner(Old(first), Bounds, 100, 25, 0.9).Step(next, null, Level).Next, "nobody saw its lists yet");
            var both = Joined(Old(first), Lists(round, 3_000, [0.2, 0.2, 0.2], next, night: 1));
            if (new PolicyLearner(both, Bounds, 100, 25, 0.9).Step(next, null, Level).Next.Steps > next.Steps) again++;
        }
        TestContext.WriteLine($"{moved} of 400 moved by chance, {again} of them again");
        Assert.IsTrue(moved > 40, $"{moved} chance steps are too few to look at");
        Assert.IsTrue(again <= Level * moved + 3 * Math.Sqrt(Level * (1 - Level) * moved) && again < 0.6 * moved, $"{again} of {moved}");
    }

    [TestMethod]
    public void Looks_spend_less_each_time_and_wait_until_lists_have_grown()
    {
        var policy = SimulatedNights.Even();
        var history = EvidenceHistory.Empty;
        double spent = 0;
        for (int look = 1, lists = 100; look <= 30; look++, lists = (int)Math.Ceiling(lists * 1.5))
        {
            var evidence = SequentialLooks.Grown(history, policy, new Dictionary<string, int> { ["v1"] = lists });
            var looks = new SequentialLooks(0.05, evidence);
            Assert.IsTrue(looks.IsDue);
            Assert.AreEqual(look, looks.Number);
            spent += looks.Level;
            evidence = looks.With(null);
            Assert.AreEqual(looks.Level, new SequentialLooks(0.05, evidence).Level, "the same lists are the same look");
            Assert.AreEqual(evidence.Looks.Count, new SequentialLooks(0.05, evidence).With(null).Looks.Count);
            Assert.IsFalse(new SequentialLooks(0.05, SequentialLooks.Grown(history.With(policy.Id(), evidence), policy, new Dictionary<string, int>
            {
                ["v1"] = lists + lists / 3,
            })).IsDue);
            // A version that is deleted takes nothing of what was looked at away.
            Assert.AreEqual(lists, SequentialLooks.Grown(history.With(policy.Id(), evidence), policy, new Dictionary<string, int>()).Lists);
            history = history.With(policy.Id(), evidence);
        }
        Assert.IsTrue(spent is < 0.05 and > 0.045, $"{spent}");

        using var folder = new TempFolder();
        history.Save(folder.File("evidence.json"));
        var read = EvidenceHistory.Read(folder.File("evidence.json"));
        Assert.AreEqual(history.Policies[policy.Id()].Spent, read.Policies[policy.Id()].Spent);
        Assert.AreEqual(30, read.Policies[policy.Id()].Looks.Count);
        Assert.AreEqual(0, EvidenceHistory.Read(folder.File("none.json")).Policies.Count);
        File.WriteAllText(folder.File("evidence.json"), "{");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArtifactException>(() => EvidenceHistory.Read(folder.File("evidence.json"))).Message, "put the file back, or delete it");
    }

    private static LoggedImpressions Lists(ulong seed, int users, double[] rates, DiversityPolicy policy, int night)
    {
        var (arm, reward) = (new byte[users], new double[users]);
        for (int u = 0; u < users; u++)
        {
            var random = new SplitMix64(seed * 1_000_003 + (ulong)u, $"night {night}");
            double draw = random.NextDouble();
            int a = 0;
            for (double before = policy.Probability(0, 0); draw >= before && a < 2; before += policy.Probability(0, a)) a++;
            arm[u] = (byte)a;
            reward[u] = random.NextDouble() < rates[a] ? 1 : 0;
        }
        return new LoggedImpressions
        {
            Contexts = 1,
            Arms = 3,
            Users = [.. Enumerable.Range(0, users)],
            Clusters = users,
            Context = new byte[users],
            Arm = arm,
            Propensity = [.. arm.Select(a => policy.Probability(0, a))],
            InForce = [.. arm.Select(_ => true)],
            Weight = [.. arm.Select(_ => 1.0)],
            Reward = reward,
        };
    }

    private static LoggedImpressions Old(LoggedImpressions lists) => Joined(lists, lists, of: 1, inForce: _ => false);

    private static LoggedImpressions Joined(LoggedImpressions a, LoggedImpressions b, int of = 2, Func<int, bool>? inForce = null)
    {
        LoggedImpressions[] parts = of == 1 ? [a] : [a, b];
        bool[] fresh = [.. parts.SelectMany(p => p.InForce)];
        return new LoggedImpressions
        {
            Contexts = 1,
            Arms = 3,
            Users = [.. parts.SelectMany(p => p.Users)],
            Clusters = a.Clusters,
            Context = [.. parts.SelectMany(p => p.Context)],
            Arm = [.. parts.SelectMany(p => p.Arm)],
            Propensity = [.. parts.SelectMany(p => p.Propensity)],
            InForce = inForce is null ? fresh : [.. fresh.Select((_, i) => inForce(i))],
            Weight = [.. parts.SelectMany(p => p.Weight)],
            Reward = [.. parts.SelectMany(p => p.Reward)],
        };
    }
}
