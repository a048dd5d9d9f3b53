using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Neighbors;

namespace Recsys.Batch.Pipeline.Tests.Neighbors;

[TestClass]
internal sealed class PairSupportTests
{
    [TestMethod]
    public void Support_is_the_number_of_customers_of_both()
    {
        var random = new Random(4);
        var rows = Enumerable.Range(0, 60).Select(_ => Enumerable.Range(0, 12).Where(_ => random.Next(3) == 0).ToArray()).ToArray();
        int[] pointers = [0, .. rows.Select((_, u) => rows.Take(u + 1).Sum(r => r.Length))];
        int[] indices = [.. rows.SelectMany(r => r)];
        var interactions = new InteractionMatrix(new SparseRows(60, 12, pointers, indices, [.. indices.Select(_ => 1f)]));

        var counts = new int[12];
        for (int first = 0; first < 12; first++)
        {
            foreach (int least in (int[])[1, 4, 8, 15])
            {
                int[] expected = [.. Enumerable.Range(0, 12).Where(second => rows.Count(r => r.Contains(first) && r.Contains(second)) >= least)];
                CollectionAssert.AreEqual(expected, new PairSupport(interactions, least).Of(first, counts).Order().ToArray(), $"{first} {least}");
                Assert.IsTrue(counts.All(c => c == 0));
            }
        }
        Assert.IsEmpty(new PairSupport(interactions, 1).Of(12, counts), "an item that nobody has");
    }
}
