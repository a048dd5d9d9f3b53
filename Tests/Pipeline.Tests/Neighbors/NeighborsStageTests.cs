using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Neighbors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Neighbors;

[TestClass]
internal sealed class NeighborsStageTests
{
    [TestMethod]
    public void Neighbours_are_the_nearest_by_cosine_not_itself_nor_the_unavailable()
    {
        var model = Table([[1, 0], [0.8f, 0.6f], [0.6f, 0.8f], [0, 1], [-1, 0], [0, 0]]);
        var lists = new NeighborsStage(new NeighborsOptions { Count = 2 }).Run(model, null, CatalogOf(6, unavailable: 2), StageContext.Quiet());
        Assert.AreEqual(1, lists.Count);
        Assert.AreEqual("cf", lists[0].Source);
        CollectionAssert.AreEqual(new[] { 1 }, Of(lists[0], 0));
        CollectionAssert.AreEqual(new[] { 0, 3 }, Of(lists[0], 1));
        CollectionAssert.AreEqual(new[] { 1, 3 }, Of(lists[0], 2));
        CollectionAssert.AreEqual(new[] { 1 }, Of(lists[0], 3));
        Assert.AreEqual(0, Of(lists[0], 4).Length);
        Assert.AreEqual(0, Of(lists[0], 5).Length);
        Assert.AreEqual(0.8f, lists[0].Scores[lists[0].Offsets[0]], 1e-6f);
    }

    [TestMethod]
    public void Equal_scores_stand_by_index_and_one_text_stands_once()
    {
        var table = Table([[1, 0], [1, 0], [1, 0], [0.6f, 0.8f], [0.6f, 0.8f]]);
        var options = new NeighborsOptions { Count = 4 };
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 4 }, Of(new NeighborsStage(options).Run(table, null, CatalogOf(5), StageContext.Quiet())[0], 0));
        CollectionAssert.AreEqual(
            new[] { 2, 3 }, Of(new NeighborsStage(options).Run(table, null, CatalogOf(5, hashes: [7, 7, 8, 9, 9]), StageContext.Quiet())[0], 0));
    }

    [TestMethod]
    public void The_blend_of_items_known_to_both_spaces_is_the_weighted_mean_cosine()
    {
        var model = Table([[1, 0], [0.6f, 0.8f], [0, 0]]);
        var text = Table([[1, 0, 0], [0, 1, 0], [0.8f, 0.6f, 0]]);
        var blend = NeighborsStage.SideBySide(model, text, 0.25);
        Assert.AreEqual(0.75 * 0.6 + 0.25 * 0, Dot(blend, 0, 1), 1e-6);
        // Of item 2 nobody has bought anything: text alone speaks for it, by text's share of the other's length.
        Assert.AreEqual(0.5 * 0.8, Dot(blend, 0, 2), 1e-6);
    }

    [TestMethod]
    public void Many_items_on_any_number_of_threads_are_what_a_sort_of_all_pairs_gives()
    {
        var random = new SplitMix64(5, "neighbors");
        var rows = new FactorMatrix(700, 24);
        for (int i = 0; i < rows.Rows; i++)
            foreach (ref float x in rows.Row(i)) x = (float)random.NextNormal();
        var table = EmbeddingTable.Normalize(rows);
        var stage = new NeighborsStage(new NeighborsOptions { Count = 9, MinScore = 0.1 });
        var one = stage.Run(table, null, CatalogOf(700, unavailable: 3), StageContext.Quiet(threads: 1))[0];
        var four = stage.Run(table, null, CatalogOf(700, unavailable: 3), StageContext.Quiet(threads: 4))[0];
        CollectionAssert.AreEqual(one.Items, four.Items);
        CollectionAssert.AreEqual(one.Scores, four.Scores);
        for (int i = 0; i < 700; i += 37)
        {
            var expected = Enumerable.Range(0, 700)
                .Where(j => j != i && j != 3)
                .Select(j => (j, Score: Dot(table, i, j)))
                .Where(p => p.Score >= 0.1)
                .OrderByDescending(p => p.Score)
                .Take(9)
                .Select(p => p.j)
                .ToArray();
            CollectionAssert.AreEqual(expected, Of(one, i));
        }
    }

    [TestMethod]
    public void Ties_and_texts_that_stand_once_do_not_depend_on_who_comes_first()
    {
        // Few values a dimension, so that many cosines are equal bit for bit; a text hash is shared by some four items. Two panels of rows.
        const int items = 4_300, count = 6;
        var random = new SplitMix64(7, "ties");
        float[][] rows = [.. Enumerable.Range(0, items).Select(_ => new[] { random.NextInt(3) - 1f, random.NextInt(3) - 1f, random.NextInt(2), 1f })];
        ulong[] hashes = [.. rows.Select(_ => (ulong)random.NextInt(items / 4))];
        var table = Table(rows);
        var stage = new NeighborsStage(new NeighborsOptions { Count = count, MinScore = 0.1 });
        var one = stage.Run(table, null, CatalogOf(items, unavailable: 5, hashes), StageContext.Quiet(threads: 1))[0];
        var four = stage.Run(table, null, CatalogOf(items, unavailable: 5, hashes), StageContext.Quiet(threads: 4))[0];

        CollectionAssert.AreEqual(one.Items, four.Items);
        for (int i = 0; i < items; i += 61)
        {
            // A vector has four numbers, whose products are few and exact enough to be compared as float32 sums in order.
            var best = new List<int>();
            foreach (int j in Enumerable.Range(0, items).Where(j => j != i && j != 5 && (hashes[j] == 0 || hashes[j] != hashes[i]))
                .OrderByDescending(j => Chain(table, i, j)).ThenBy(j => j).Where(j => Chain(table, i, j) >= 0.1f))
            {
                if (best.Count < count && (hashes[j] == 0 || !best.Exists(b => hashes[b] == hashes[j]))) best.Add(j);
            }
            CollectionAssert.AreEqual(best, Of(one, i), $"item {i}");
        }
    }

    [TestMethod]
    public void Lists_come_back_from_their_artifact_as_they_went_in()
    {
        using var folder = new TempFolder();
        var table = Table([[1, 0], [0.8f, 0.6f]]);
        var lists = new NeighborsStage(new NeighborsOptions()).Run(table, table, CatalogOf(2), StageContext.Quiet());
        NeighborLists.Save(folder.File("n.bin"), lists);
        var read = NeighborLists.Load(folder.File("n.bin"));
        CollectionAssert.AreEqual(new[] { "cf", "text", "blend" }, read.Select(l => l.Source).ToArray());
        for (int i = 0; i < lists.Count; i++) CollectionAssert.AreEqual(lists[i].Scores, read[i].Scores);
    }

    private static int[] Of(NeighborLists lists, int item) => lists.Items[lists.Offsets[item]..lists.Offsets[item + 1]];

    private static float Chain(EmbeddingTable table, int a, int b)
    {
        float sum = 0;
        for (int k = 0; k < table.Dimension; k++) sum = MathF.FusedMultiplyAdd(table.Vectors.Row(a)[k], table.Vectors.Row(b)[k], sum);
        return Math.Min(sum, 1);
    }

    private static double Dot(EmbeddingTable table, int a, int b)
    {
        double sum = 0;
        for (int k = 0; k < table.Dimension; k++) sum += (double)table.Vectors.Row(a)[k] * table.Vectors.Row(b)[k];
        return sum;
    }

    private static EmbeddingTable Table(float[][] rows)
    {
        var matrix = new FactorMatrix(rows.Length, rows[0].Length);
        for (int i = 0; i < rows.Length; i++) rows[i].CopyTo(matrix.Row(i));
        return EmbeddingTable.Normalize(matrix);
    }

    private static Catalog CatalogOf(int items, int unavailable = -1, ulong[]? hashes = null) => new()
    {
        Titles = new string?[items],
        Categories = new string?[items],
        Brands = new string?[items],
        Prices = new double[items],
        Available = [.. Enumerable.Range(0, items).Select(i => i != unavailable)],
        TextHashes = hashes ?? new ulong[items],
    };
}
