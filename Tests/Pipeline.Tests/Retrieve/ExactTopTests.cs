using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Pipeline.Tests.Retrieve;

[TestClass]
internal sealed class ExactTopTests
{
    [TestMethod]
    public void Best_scores_come_first_and_ties_go_to_the_smaller_index()
    {
        var block = Open([[1f, 5f, 5f, -0f, 0f, 7f]], 5).Retrieve([0]);

        CollectionAssert.AreEqual(new[] { 5, 1, 2, 0, 3 }, block.ItemsOf(0).ToArray());
        CollectionAssert.AreEqual(new[] { 7f, 5f, 5f, 1f, 0f }, block.ScoresOf(0).ToArray());
    }

    [TestMethod]
    public void Seen_and_forbidden_items_take_no_place()
    {
        var exclude = SparseRows.FromTriplets(1, 6, [0, 0], [5, 1], [1f, 1f]);
        bool[] allowed = [true, true, false, true, true, true];

        var block = new ExactRetriever().Open(new TableScorer([[1f, 5f, 5f, -0f, 0f, 7f]]), new RetrievalRequest(4, exclude, allowed)).Retrieve([0]);

        CollectionAssert.AreEqual(new[] { 0, 3, 4 }, block.ItemsOf(0).ToArray());
    }

    [TestMethod]
    [DataRow(1, 7)]
    [DataRow(10, 4_096)]
    [DataRow(100, 333)]
    [DataRow(400, 1_000_000)]
    public void Agrees_with_a_full_sort_whatever_the_panel(int depth, int panel)
    {
        const int users = 23, items = 5_003;
        var random = new Random(7);
        // Few distinct values, so that ties cross the last place nearly always.
        var scores = Enumerable.Range(0, users)
            .Select(u => Enumerable.Range(0, items).Select(_ => (float)random.Next(u % 2 == 0 ? 50 : 1_000_000)).ToArray()).ToArray();
        var exclude = RandomPairs(random, users, items, 4_000);
        var allowed = Enumerable.Range(0, items).Select(_ => random.Next(10) > 0).ToArray();
        var session = new ExactRetriever().Open(new TableScorer(scores, panel), new RetrievalRequest(depth, exclude, allowed));

        var block = session.Retrieve([.. Enumerable.Range(0, users).Reverse()]);

        for (int at = 0; at < users; at++)
        {
            int user = block.Users[at];
            CollectionAssert.AreEqual(FullSort(scores[user], exclude, allowed, user, depth), block.ItemsOf(at).ToArray(), $"user {user}");
            foreach (var (item, score) in block.ItemsOf(at).ToArray().Zip(block.ScoresOf(at).ToArray())) Assert.AreEqual(scores[user][item], score);
        }
    }

    [TestMethod]
    public void A_user_who_has_seen_everything_gets_an_empty_list()
    {
        var exclude = SparseRows.FromTriplets(2, 3, [0, 0, 0], [0, 1, 2], [1f, 1f, 1f]);

        var block = new ExactRetriever().Open(new TableScorer([[1f, 2f, 3f], [1f, 2f, 3f]]), new RetrievalRequest(10, exclude)).Retrieve([0, 1]);

        Assert.AreEqual(0, block.Counts[0]);
        CollectionAssert.AreEqual(new[] { 2, 1, 0 }, block.ItemsOf(1).ToArray());
    }

    [TestMethod]
    public void A_score_that_is_not_a_number_is_named()
    {
        var scores = Enumerable.Range(0, 40).Select(i => i == 33 ? float.NaN : i).ToArray();

        var error = Assert.ThrowsExactly<RunFailedException>(() => Open([scores], 5).Retrieve([0]));

        StringAssert.Contains(error.Message, "item index 33");
    }

    [TestMethod]
    public void Shapes_that_do_not_fit_are_refused()
    {
        var scorer = new TableScorer([[1f, 2f]]);
        var retriever = new ExactRetriever();

        Assert.ThrowsExactly<ArgumentException>(() => retriever.Open(scorer, new RetrievalRequest(1, SparseRows.FromTriplets(1, 3, [], [], []))));
        Assert.ThrowsExactly<ArgumentException>(() => retriever.Open(scorer, new RetrievalRequest(1, null, [true])));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => retriever.Open(scorer, new RetrievalRequest(0)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => retriever.Open(scorer, new RetrievalRequest(1)).Retrieve([1]));
    }

    [TestMethod]
    public void Keys_give_back_what_they_were_made_of_and_sort_as_the_order_says()
    {
        float[] scores = [float.PositiveInfinity, 3.5f, 1e-40f, 0f, -1e-40f, -2f, float.NegativeInfinity];
        var keys = scores.Select((s, i) => TopOrder.Key(s, 100 - i)).ToArray();

        CollectionAssert.AreEqual(keys.Order().ToArray(), keys);
        CollectionAssert.AreEqual(scores, keys.Select(TopOrder.Score).ToArray());
        Assert.IsTrue(TopOrder.Key(-0f, 1) < TopOrder.Key(0f, 2));
    }

    [TestMethod]
    public void Selection_puts_the_best_in_front_for_sorted_reversed_and_random_keys()
    {
        var random = new Random(3);
        foreach (int n in new[] { 1, 2, 3, 17, 1_000 })
        {
            foreach (int shape in new[] { 0, 1, 2 })
            {
                var keys = Enumerable.Range(0, n)
                    .Select(i => shape == 0 ? (ulong)i : shape == 1 ? (ulong)(n - i) : (ulong)random.NextInt64() << 12 | (uint)i)
                    .ToArray();
                int count = Math.Max(1, n / 3);
                var expected = keys.Order().Take(count).ToArray();
                TopOrder.MoveBest(keys, count);
                CollectionAssert.AreEqual(expected, keys.Take(count).Order().ToArray(), $"{n} keys of shape {shape}");
            }
        }
    }

    internal static SparseRows RandomPairs(Random random, int users, int items, int count)
    {
        var pairs = Enumerable.Range(0, count).Select(_ => (User: random.Next(users), Item: random.Next(items))).ToArray();
        return SparseRows.FromTriplets(users, items, [.. pairs.Select(p => p.User)], [.. pairs.Select(p => p.Item)], [.. pairs.Select(_ => 1f)]);
    }

    internal static int[] FullSort(float[] scores, SparseRows? exclude, bool[]? allowed, int user, int depth)
    {
        var seen = exclude is null ? [] : exclude.RowIndices(user).ToArray().ToHashSet();
        return [.. Enumerable.Range(0, scores.Length).Where(i => !seen.Contains(i) && (allowed is null || allowed[i]))
            .OrderByDescending(i => scores[i]).ThenBy(i => i).Take(depth)];
    }

    private static IRetrievalSession Open(float[][] scores, int depth) =>
        new ExactRetriever().Open(new TableScorer(scores), new RetrievalRequest(depth));
}
