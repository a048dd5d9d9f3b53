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

        for (int first = 0; first < 12; first++)
            for (int second = 0; second < 12; second++)
            {
                int both = rows.Count(r => r.Contains(first) && r.Contains(second));
                foreach (int least in (int[])[1, both, both + 1])
                    Assert.AreEqual(both >= least, new PairSupport(interactions, least).Holds(first, second), $"{first} {second} {least}");
            }
        Assert.IsFalse(new PairSupport(interactions, 1).Holds(0, 12), "an item that came after the model");
    }
}
