using Recsys.Batch.Pipeline.Evaluate;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

[TestClass]
internal sealed class RankingMetricsTests
{
    [TestMethod]
    public void Values_are_those_computed_by_hand()
    {
        // Hits at ranks 2 and 4 of 5; four relevant items.
        var m = RankingMetrics.At([9, 3, 8, 1, 7], [1, 3, 20, 30], 5);

        Assert.AreEqual(2f / 4, m.Recall);
        Assert.AreEqual(2f / 4, m.RecallCapped);
        Assert.AreEqual(2f / 5, m.Precision);
        // (1/log2 3 + 1/log2 5) / (1 + 1/log2 3 + 1/log2 4 + 1/log2 5) = (.63093 + .43068) / 2.56161
        Assert.AreEqual(0.414431, m.Ndcg, 1e-5);
        Assert.AreEqual((1.0 / 2 + 2.0 / 4) / 4, m.AveragePrecision, 1e-6);
        Assert.AreEqual(1f, m.Hit);
        Assert.AreEqual(0.5f, m.ReciprocalRank);
    }

    [TestMethod]
    public void The_two_recalls_differ_where_more_is_relevant_than_fits()
    {
        var m = RankingMetrics.At([1, 2, 3], [1, 2, 4, 5, 6, 7, 8, 9], 2);

        Assert.AreEqual(2f / 8, m.Recall);
        Assert.AreEqual(1f, m.RecallCapped);
        Assert.AreEqual(1f, m.Ndcg, "the ideal list is cut at K");
        Assert.AreEqual(1f, m.AveragePrecision);
    }

    [TestMethod]
    public void A_list_that_is_cut_short_or_misses_everything_is_counted_as_it_is()
    {
        Assert.AreEqual(1f / 10, RankingMetrics.At([5], [5], 10).Precision);
        Assert.AreEqual(default, RankingMetrics.At([5, 6], [7], 10));
        Assert.AreEqual(default, RankingMetrics.At([], [7], 10));
        Assert.AreEqual(0f, RankingMetrics.At([6, 7], [7], 1).Hit);
        Assert.ThrowsExactly<ArgumentException>(() => RankingMetrics.At([6, 7], [], 1));
    }

    [TestMethod]
    public void Agrees_with_the_definitions_written_out_on_random_lists()
    {
        var random = new Random(11);
        for (int trial = 0; trial < 300; trial++)
        {
            var all = Enumerable.Range(0, 60).ToArray();
            random.Shuffle(all);
            int[] ranked = all[..random.Next(1, 40)];
            random.Shuffle(all);
            int[] relevant = [.. all[..random.Next(1, 30)].Order()];
            int k = random.Next(1, 25);

            var m = RankingMetrics.At(ranked, relevant, k);

            bool[] hit = [.. ranked.Take(k).Select(relevant.Contains)];
            Assert.AreEqual((double)hit.Count(h => h) / relevant.Length, m.Recall, 1e-6);
            double dcg = hit.Select((h, r) => h ? Math.Log(2) / Math.Log(r + 2) : 0).Sum();
            double ideal = Enumerable.Range(0, Math.Min(k, relevant.Length)).Sum(r => Math.Log(2) / Math.Log(r + 2));
            Assert.AreEqual(dcg / ideal, m.Ndcg, 1e-6);
            double precisions = hit.Select((h, r) => h ? hit.Take(r + 1).Count(x => x) / (r + 1.0) : 0).Sum();
            Assert.AreEqual(precisions / Math.Min(k, relevant.Length), m.AveragePrecision, 1e-6);
            Assert.AreEqual(hit.Contains(true) ? 1.0 / (Array.IndexOf(hit, true) + 1) : 0, m.ReciprocalRank, 1e-6);
        }
    }

    [TestMethod]
    public void Auc_is_the_share_of_pairs_in_order_with_ties_half()
    {
        // Relevant 1 (score 5) and 3 (score 2); excluded 0; others score 5, 1, 2.
        float[] scores = [9f, 5f, 5f, 2f, 1f, 2f];

        float auc = RankingAuc.Of(scores, [1, 3], [0], allowed: null, new float[2]);

        // 5 beats 1 and 2, ties 5: 2.5 of 3; 2 beats 1, ties 2: 1.5 of 3.
        Assert.AreEqual(4f / 6, auc, 1e-6f);
        Assert.IsTrue(float.IsNaN(RankingAuc.Of([1f, 2f], [0], [1], allowed: null, new float[1])));
        Assert.AreEqual(1f, RankingAuc.Of([1f, 2f, 0f], [0], [], [true, false, true], new float[1]));
    }

    [TestMethod]
    public void Auc_agrees_with_all_pairs_on_many_items()
    {
        var random = new Random(5);
        var scores = Enumerable.Range(0, 1_001).Select(_ => (float)random.Next(200)).ToArray();
        int[] relevant = [.. Enumerable.Range(0, 1_001).Where(_ => random.Next(100) == 0)];
        double wins = 0;
        long pairs = 0;
        foreach (int r in relevant)
            for (int i = 0; i < scores.Length; i++)
            {
                if (relevant.Contains(i)) continue;
                pairs++;
                wins += scores[r] > scores[i] ? 1 : scores[r] == scores[i] ? 0.5 : 0;
            }

        Assert.AreEqual(wins / pairs, RankingAuc.Of((float[])scores.Clone(), relevant, [], allowed: null, new float[relevant.Length]), 1e-6);
    }
}
