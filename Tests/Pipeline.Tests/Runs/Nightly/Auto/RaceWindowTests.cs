using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

[TestClass]
internal sealed class RaceWindowTests
{
    private static readonly SparseRows s_pairs = SparseRows.FromTriplets(
        3, 10, [.. Enumerable.Repeat(0, 10), 1, 2, 2], [.. Enumerable.Range(0, 10), 4, 5, 6], [.. Enumerable.Repeat(1f, 13)]);

    [TestMethod]
    public void Moments_are_cut_at_one_moment()
    {
        uint[] seen = [.. Enumerable.Range(0, 13).Select(k => 1_000_000_000u + (uint)(k * 10))];
        var (window, name) = RaceWindow.Of(new InteractionMatrix(s_pairs, seen), 1);

        Assert.AreEqual(1_000_000_100u, window.Cut);
        Assert.IsTrue(window.Train.LastSeen!.All(s => s < window.Cut));
        Assert.AreEqual(3, window.Test.Count);
        Assert.AreEqual(10, window.Train.Count);
        StringAssert.Contains(name, "2001-09-09 01:48:20", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Places_in_an_order_are_cut_before_each_users_last()
    {
        uint[] seen = [0, 1, 2, 9, 4, 5, 6, 7, 8, 3, 0, 1, 0];
        var (window, name) = RaceWindow.Of(new InteractionMatrix(s_pairs, seen), 1);

        CollectionAssert.AreEqual((int[])[3], window.Test.RowIndices(0).ToArray());
        Assert.AreEqual(0, window.Test.RowLength(1), "an only pair stays");
        CollectionAssert.AreEqual((int[])[5], window.Test.RowIndices(2).ToArray());
        Assert.AreEqual(11, window.Train.Count);
        Assert.AreEqual("each user's last pair", name);
    }

    [TestMethod]
    public void Pairs_without_times_are_drawn_and_it_is_said()
    {
        var (window, name) = RaceWindow.Of(new InteractionMatrix(s_pairs), 1);

        Assert.AreEqual(s_pairs.Count, window.Train.Count + window.Test.Count);
        Assert.AreEqual(1, window.Test.RowLength(0));
        StringAssert.Contains(name, "random", StringComparison.Ordinal);
    }
}
