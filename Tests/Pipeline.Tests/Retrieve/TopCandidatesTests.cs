using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Pipeline.Tests.Retrieve;

[TestClass]
internal sealed class TopCandidatesTests
{
    [TestMethod]
    [DataRow(0f, 0f)]
    [DataRow(0.02f, 0f)]
    [DataRow(0f, 0.3f)]
    [DataRow(0f, 3f)]
    [DataRow(0.02f, 0.3f)]
    [DataRow(0.3f, 3f)]
    public unsafe void Scores_that_err_by_no_more_than_was_said_lead_to_the_exact_best(float margin, float above)
    {
        const int items = 9_000, depth = 20, rank = 8;
        int again = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            var (users, factors) = (new ChunkRows(1, rank), new FactorMatrix(items, rank));
            for (int k = 0; k < rank; k++) users.Row(0)[k] = random.NextSingle() - 0.5f;
            for (int i = 0; i < items; i++)
                for (int k = 0; k < rank; k++) factors.Row(i)[k] = random.NextSingle() - 0.5f;
            var exact = new ExactScores(users, factors);
            int[] all = [.. Enumerable.Range(0, items)];
            var scores = new float[items];
            fixed (int* at = all)
            fixed (float* to = scores) exact.Write(0, at, to, items);
            var request = new RetrievalRequest(depth, SparseRows.FromTriplets(1, items, [0, 0], [3, 77], [1f, 1f]));
            var top = new TopCandidates(1, depth, RetrievalMask.Of(request, items), exact, above > 0);
            top.Start([0]);
            top.SetMargin(0, margin * 1.0001f);
            // An item errs alike whenever it comes by. In the first seeds the best come last, where what was dropped before them hurts most.
            float[] given = [.. scores.Select(s => s + margin * (2 * random.NextSingle() - 1) + above * random.NextSingle())];
            if (seed < 6) Array.Sort(scores.ToArray(), all);
            do foreach (int item in all) top.Add(0, given[item], item);
            while (!top.Settle(0) && ++again > 0);
            var block = new CandidateBlock([0], depth);
            top.Finish(0, block, 0);

            var expected = ExactTopTests.FullSort(scores, request.Exclude, null, 0, depth);
            CollectionAssert.AreEqual(expected, block.ItemsOf(0).ToArray(), $"seed {seed}");
            CollectionAssert.AreEqual(expected.Select(i => scores[i]).ToArray(), block.ScoresOf(0).ToArray(), $"seed {seed}");
        }
        Assert.AreEqual(above >= 3, again > 0, $"{again} went by once more: only bounds that say little need that");
    }

    [TestMethod]
    public unsafe void A_threshold_never_falls_however_many_a_later_cut_lets_stay()
    {
        // Of scores that err, some below what a cut has dropped come in after it; a later cut may keep all of those.
        const int items = 1_000, depth = 2, first = 641;
        var (users, factors) = (new ChunkRows(1, 4), new FactorMatrix(items, 4));
        var top = new TopCandidates(1, depth, RetrievalMask.Of(new RetrievalRequest(depth), items), new ExactScores(users, factors), above: true);
        top.Start([0]);
        top.SetMargin(0, 100);
        for (int item = 0; item < first; item++) top.Add(0, 1_000 + item, item);
        top.Cut(0);
        float threshold = top.Thresholds[0];
        for (int item = first; item < first + 20; item++) top.Add(0, threshold + 50, item);
        top.Cut(0);

        Assert.IsGreaterThan(900f, threshold);
        Assert.IsGreaterThanOrEqualTo(threshold, top.Thresholds[0]);
    }
}
