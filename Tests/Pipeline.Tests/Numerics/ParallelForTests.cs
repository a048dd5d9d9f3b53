using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

[TestClass]
internal sealed class ParallelForTests
{
    [TestMethod]
    public void Every_piece_runs_once_and_no_more_workers_than_allowed()
    {
        var times = new int[1000];
        int workspaces = 0;
        ParallelFor.Run(times.Length, 3, () => Interlocked.Increment(ref workspaces), (piece, _) => Interlocked.Increment(ref times[piece]));
        Assert.IsTrue(times.All(t => t == 1));
        Assert.IsTrue(workspaces is >= 1 and <= 3, $"{workspaces} workspaces");
    }

    [TestMethod]
    public void A_failure_comes_out_as_it_was_and_the_rest_is_not_started()
    {
        int started = 0;
        var thrown = Assert.ThrowsExactly<InvalidOperationException>(() => ParallelFor.Run(100_000, 2, piece =>
        {
            Interlocked.Increment(ref started);
            if (piece == 5) throw new InvalidOperationException("piece 5");
        }));
        Assert.AreEqual("piece 5", thrown.Message);
        Assert.IsTrue(started < 100_000);
    }

    [TestMethod]
    public void Cancellation_is_seen_between_pieces()
    {
        using var source = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(() => ParallelFor.Run(100, 2, _ => source.Cancel(), source.Token));
    }

    [TestMethod]
    public void Loops_may_be_nested()
    {
        int sum = 0;
        ParallelFor.Run(10, 4, i => ParallelFor.Run(10, 4, j => Interlocked.Add(ref sum, i * j)));
        Assert.AreEqual(45 * 45, sum);
    }
}
