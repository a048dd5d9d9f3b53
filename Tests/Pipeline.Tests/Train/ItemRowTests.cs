using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
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

        int kept = row.Take(3, neighbors, (_, _, sum) => sum);

        Assert.AreEqual(expected.Length, kept);
        CollectionAssert.AreEqual(expected, row.Indices.ToArray());
        CollectionAssert.AreEqual(expected.Select(i => values[i]).ToArray(), row.Values.ToArray());
        Assert.AreEqual(0, row.Take(3, neighbors, (_, _, sum) => sum), "the row is empty afterwards");
        Assert.AreEqual(0, row.Indices.Length);
    }

    [TestMethod]
    [DataRow(150, 1, DisplayName = "Every row as long as it may be")]
    [DataRow(150, 40, DisplayName = "Some rows shorter")]
    [DataRow(150, 5_000, DisplayName = "More allowed than there are items")]
    public void A_cut_graph_has_of_each_row_the_largest_entries(int items, int neighbors)
    {
        var random = new Random(neighbors);
        var entries = Enumerable.Range(0, items).Select(_ => Enumerable.Range(0, items).Where(i => random.Next(3) == 0).ToArray()).ToArray();
        var all = Graph(0);

        var cut = Graph(neighbors);

        Assert.AreEqual(cut.Count, cut.Values.Length, "nothing lies behind the last row");
        Assert.AreEqual(cut.Count, cut.Indices.Length);
        for (int item = 0; item < items; item++)
        {
            var best = all.RowIndices(item).ToArray().Zip(all.RowValues(item).ToArray()).OrderByDescending(e => e.Second).ThenBy(e => e.First)
                .Take(neighbors).OrderBy(e => e.First).ToArray();
            CollectionAssert.AreEqual(best.Select(e => e.First).ToArray(), cut.RowIndices(item).ToArray());
            CollectionAssert.AreEqual(best.Select(e => e.Second).ToArray(), cut.RowValues(item).ToArray());
        }

        SparseRows Graph(int most) => ItemRowBuilder.Build(
            items, most, item => entries[item].Length, StageContext.Quiet(2), (item, row) => row.Add(entries[item], [], 1),
            (item, other, sum) => sum + (item * 31 + other * 17) % 23);
    }
}
