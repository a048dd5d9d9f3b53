using Recsys.Batch.Pipeline.Train.Graph;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class ItemRowTests
{
    [TestMethod]
    [DataRow(300, 20, 1.0, false)]
    [DataRow(20_000, 500, 1.0, false)]
    [DataRow(20_000, 500, 0.02, false)]
    [DataRow(20_000, 4_900, 1.0, false)]
    [DataRow(20_000, 1_000, 1.0, true, DisplayName = "A sample that sees none but the largest")]
    public void The_entries_kept_are_the_largest_ties_by_index(int items, int neighbors, double share, bool isSampled)
    {
        var random = new Random(items + neighbors);
        var row = new ItemRow(items);
        var values = new float[items];
        // Item 3 is the row's own, so those behind it stand a place before their index.
        HashSet<int> looked = [.. Enumerable.Range(0, 512).Select(k => (int)((long)k * (items - 1) / 512)).Select(at => at < 3 ? at : at + 1)];
        for (int item = 0; item < items; item++)
        {
            if (random.NextDouble() > share) continue;
            // Many ties.
            values[item] = isSampled ? looked.Contains(item) ? 5 : 1 : 1 + random.Next(50);
            row.Add(item, values[item]);
        }
        int[] expected =
            [.. Enumerable.Range(0, items).Where(i => i != 3 && values[i] > 0).OrderByDescending(i => values[i]).ThenBy(i => i).Take(neighbors).Order()];
        var (indices, found) = (new List<int>(), new List<float>());

        int kept = row.Take(3, neighbors, (_, _, sum) => sum, indices, found);

        Assert.AreEqual(expected.Length, kept);
        CollectionAssert.AreEqual(expected, indices);
        CollectionAssert.AreEqual(expected.Select(i => values[i]).ToArray(), found);
        Assert.AreEqual(0, row.Take(3, neighbors, (_, _, sum) => sum, [], []), "the row is empty afterwards");
    }
}
