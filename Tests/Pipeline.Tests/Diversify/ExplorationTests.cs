using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

[TestClass]
internal sealed class ExplorationTests
{
    private const int Users = 300, Items = 40;

    private static readonly EmbeddingTable Table = MaximalMarginalRelevanceTests.Table(Rows());

    [TestMethod]
    public void Each_user_has_the_list_of_the_arm_drawn_and_carries_its_probability()
    {
        var options = new DiversifyOptions { ListLength = 6, Candidates = 20, Explore = { Enabled = true, Arms = [0.05, 1] } };
        var policy = options.Explore.InitialPolicy(options.Stated!.Lambda, seed: 9);
        var assignment = Assignment(policy);
        var lists = DiversifyStage.Exploring(options, Table, catalog: null, assignment).Run(Candidates(Enumerable.Range(0, Users)));
        var byArm = policy.Arms.Select(lambda => new DiversifyStage(new DiversifyOptions { Lambda = lambda, ListLength = 6, Candidates = 20 }, Table).Run(
            Candidates(Enumerable.Range(0, Users)))).ToArray();

        var seen = new int[policy.Arms.Count];
        int differ = 0;
        for (int u = 0; u < Users; u++)
        {
            var draw = assignment.Of(u);
            seen[draw.Arm]++;
            var (from, to) = (lists.Offsets[u], lists.Offsets[u + 1]);
            CollectionAssert.AreEqual(byArm[draw.Arm].Items[from..to], lists.Items[from..to]);
            CollectionAssert.AreEqual(byArm[draw.Arm].Scores[from..to], lists.Scores[from..to]);
            Assert.IsTrue(lists.Propensity[from..to].All(p => p == (float)policy.Probability(draw.Context, draw.Arm)));
            if (!byArm[0].Items.AsSpan(from..to).SequenceEqual(byArm[2].Items.AsSpan(from..to))) differ++;
        }
        Assert.IsTrue(seen.All(s => s > Users / 10), string.Join(' ', seen));
        Assert.IsTrue(differ > Users / 2, "arms that make the same lists would test nothing");
    }

    [TestMethod]
    public void A_users_draw_depends_on_no_block_and_no_order()
    {
        var options = new DiversifyOptions { ListLength = 6, Candidates = 20, Explore = { Enabled = true } };
        var stage = DiversifyStage.Exploring(options, Table, catalog: null, Assignment(options.Explore.InitialPolicy(options.Stated!.Lambda, seed: 9)));

        var all = stage.Run(Candidates(Enumerable.Range(0, Users)));
        var backwards = stage.Run(Candidates(Enumerable.Range(0, Users).Reverse()));

        for (int u = 0; u < Users; u++)
        {
            int other = Users - 1 - u;
            CollectionAssert.AreEqual(all.Items[all.Offsets[u]..all.Offsets[u + 1]], backwards.Items[backwards.Offsets[other]..backwards.Offsets[other + 1]]);
            Assert.AreEqual(all.Propensity[all.Offsets[u]], backwards.Propensity[backwards.Offsets[other]]);
        }
    }

    [TestMethod]
    public void The_initial_policy_keeps_the_lambda_for_all_but_the_exploring_share()
    {
        var policy = new ExploreOptions { Share = 0.4, Floor = 0.1, HistoryBounds = [3] }.InitialPolicy(0.2, seed: 1);

        CollectionAssert.AreEqual(new[] { 0.1, 0.2, 0.4 }, policy.Arms.ToArray());
        Assert.AreEqual(2, policy.Contexts);
        for (int context = 0; context < 2; context++)
            foreach (var (arm, p) in new[] { 0.2, 0.6, 0.2 }.Index()) Assert.AreEqual(p, policy.Probability(context, arm), 1e-6);
        Assert.AreEqual(0.1, policy.Floor / (double)DiversityPolicy.Whole, 1e-6);
        Assert.AreNotEqual(policy.Salt, new ExploreOptions { Share = 0.4, Floor = 0.1, HistoryBounds = [3] }.InitialPolicy(0.2, seed: 2).Salt);
    }

    [TestMethod]
    public void Every_arm_has_its_floor_from_the_first_night_on()
    {
        var policy = new ExploreOptions { Arms = [0, 0.5, 1], Share = 0.01, Floor = 0.2 }.InitialPolicy(0.5, seed: 1);
        CollectionAssert.AreEqual(new[] { 0.2, 0.6, 0.2 }, Enumerable.Range(0, 3).Select(a => Math.Round(policy.Probability(0, a), 4)).ToArray());

        var most = new ExploreOptions { Arms = [0, 0.5, 1], Share = 1, Floor = 0.2 }.InitialPolicy(0.5, seed: 1);
        CollectionAssert.AreEqual(new[] { 0.4, 0.2, 0.4 }, Enumerable.Range(0, 3).Select(a => Math.Round(most.Probability(0, a), 4)).ToArray());
    }

    [TestMethod]
    public void Options_that_cannot_be_explored_with_are_named_with_their_key()
    {
        string Fault(Action<DiversifyOptions> change)
        {
            var options = new DiversifyOptions { Explore = { Enabled = true } };
            change(options);
            var check = new OptionsCheck("Diversify");
            options.Validate(check);
            return Assert.ThrowsExactly<ConfigurationException>(check.ThrowIfAny).Message;
        }

        StringAssert.Contains(Fault(o => o.Method = DiversifierCatalog.None), "Diversify:Method is 'none'; expected a method with a lambda");
        StringAssert.Contains(Fault(o => o.Lambda = 0), "Diversify:Lambda is 0; expected a number over 0, or arms");
        StringAssert.Contains(Fault(o => o.Explore.Floor = 0.4), "Diversify:Explore:Floor is 0.4; expected at most 1 divided by the 3 arms");
        StringAssert.Contains(Fault(o => o.Explore.Arms = [0.2]), "Diversify:Explore:Arms is '0.2'; expected 2 to 8 numbers from 0 to 1");
        StringAssert.Contains(Fault(o => o.Explore.HistoryBounds = [20, 5]), "Diversify:Explore:HistoryBounds is '20, 5'; expected at most 5 ascending");
        StringAssert.Contains(Fault(o => o.Explore.Share = 0), "Diversify:Explore:Share is 0; expected a number over 0");
        StringAssert.Contains(Fault(o => o.Explore.Policy = ""), "Diversify:Explore:Policy is ''; expected learned, initial or the path");
    }

    private static PolicyAssignment Assignment(DiversityPolicy policy)
    {
        var ids = new IdMap();
        for (int u = 0; u < Users; u++) ids.Add($"customer {u}");
        return new PolicyAssignment(policy, ids, user => user % 30);
    }

    private static CandidateBlock Candidates(IEnumerable<int> users)
    {
        var block = new CandidateBlock([.. users], 20);
        for (int u = 0; u < block.Users.Length; u++)
        {
            block.Counts[u] = 20;
            for (int k = 0; k < 20; k++)
            {
                block.Items[u * 20 + k] = (block.Users[u] * 7 + k) % Items;
                block.Scores[u * 20 + k] = 20 - k;
            }
        }
        return block;
    }

    private static float[][] Rows()
    {
        var random = new SplitMix64(4, "items");
        return [.. Enumerable.Range(0, Items)
            .Select(i => new[] { i / 5 % 3 == 0 ? 1f : 0.1f, i / 5 % 3 == 1 ? 1f : 0.1f, i / 5 % 3 == 2 ? 1f : 0.1f, (float)random.NextDouble() * 0.2f })];
    }
}
