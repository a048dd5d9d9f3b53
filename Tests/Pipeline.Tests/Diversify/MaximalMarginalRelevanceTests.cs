using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

[TestClass]
internal sealed class MaximalMarginalRelevanceTests : DiversifierConformance
{
    protected override DiversifierDefinition Definition => MaximalMarginalRelevance.Definition;

    // a and b point the same way, c is at right angles to both, d is unknown.
    private static readonly EmbeddingTable Four = Table([[1, 0], [2, 0], [0, 3], [0, 0]]);

    [TestMethod]
    public void A_twin_of_the_first_entry_gives_way_to_what_adds_something()
    {
        var list = Choose(Four, 0.5f, [0, 1, 2, 3], [1f, 0.9f, 0.5f, 0.3f], 4);

        // 0: 1 + .5; then 2: .5 + .5 beats 1: .9 + 0 and 3: .3 + .5; then 1: .9 + 0 beats 3: .8.
        CollectionAssert.AreEqual(new[] { 0, 2, 1, 3 }, list.Select(e => e.Position).ToArray());
        CollectionAssert.AreEqual(new[] { 0.5f, 0.5f, 0f, 0.5f }, list.Select(e => e.DiversityGain).ToArray());
        CollectionAssert.AreEqual(new[] { 1.5f, 1f, 0.9f, 0.8f }, list.Select(e => e.Score).ToArray());
    }

    [TestMethod]
    public void Without_lambda_the_list_is_the_candidates_as_they_came()
    {
        var (table, items, relevance) = RandomCandidates(300, 40, 5);
        Array.Fill(relevance, relevance[100], 100, 50);

        var list = Choose(table, 0, items, relevance, 200);

        CollectionAssert.AreEqual(Enumerable.Range(0, 200).ToArray(), list.Select(e => e.Position).ToArray());
        Assert.IsTrue(list.All(e => e.DiversityGain == 0));
    }

    [TestMethod]
    [DataRow(1, 3, 0)]
    [DataRow(37, 16, 0)]
    [DataRow(150, 45, 0)]
    [DataRow(1, 3, 2)]
    [DataRow(37, 16, 1)]
    [DataRow(150, 45, 7)]
    [DataRow(37, 16, 100)]
    public void Agrees_with_the_definition_computed_in_double(int n, int dimension, int window)
    {
        var (table, items, relevance) = RandomCandidates(n, dimension, n);

        var list = Choose(table, 0.7f, items, relevance, n, window);

        var expected = ByDefinition(table, 0.7, items, relevance, n, window);
        CollectionAssert.AreEqual(expected.Select(e => e.Position).ToArray(), list.Select(e => e.Position).ToArray());
        for (int k = 0; k < n; k++) Assert.AreEqual(expected[k].Score, list[k].Score, 1e-5);
    }

    [TestMethod]
    public void With_enough_lambda_every_kind_of_item_is_shown_before_any_twice()
    {
        // Ten kinds of ten nearly equal items; relevance runs through one kind after the other.
        var random = new Random(9);
        var table = Table(
            [.. Enumerable.Range(0, 100).Select(i => Enumerable.Range(0, 10).Select(k => (k == i / 10 ? 1f : 0f) + 0.01f * random.NextSingle()).ToArray())]);
        int[] items = [.. Enumerable.Range(0, 100)];
        float[] relevance = [.. items.Select(i => 1 - i / 100f)];

        Assert.AreEqual(1, Choose(table, 0, items, relevance, 10).Select(e => items[e.Position] / 10).Distinct().Count());
        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), Choose(table, 1, items, relevance, 10).Select(e => items[e.Position] / 10).ToArray());
    }

    internal static EmbeddingTable Table(float[][] rows)
    {
        var matrix = new FactorMatrix(rows.Length, rows[0].Length);
        for (int i = 0; i < rows.Length; i++) rows[i].CopyTo(matrix.Row(i));
        return EmbeddingTable.Normalize(matrix);
    }

    private static ListEntry[] Choose(EmbeddingTable table, float lambda, int[] items, float[] relevance, int length, int window = 0)
    {
        var list = new ListEntry[length];
        int count = new GreedyDiversifier(new UserLambda(lambda), new MaximalMarginalRelevance(table, window)).Choose(0, items, relevance, list);
        return list[..count];
    }

    private static (EmbeddingTable Table, int[] Items, float[] Relevance) RandomCandidates(int n, int dimension, int seed)
    {
        var random = new Random(seed);
        var table = Table([.. Enumerable.Range(0, n + 10).Select(_ => Enumerable.Range(0, dimension).Select(_ => random.NextSingle() - 0.5f).ToArray())]);
        var items = Enumerable.Range(0, n + 10).ToArray();
        random.Shuffle(items);
        return (table, items[..n], [.. Enumerable.Range(0, n).Select(_ => random.NextSingle()).OrderDescending()]);
    }

    private static List<(int Position, double Score)> ByDefinition(
        EmbeddingTable table, double lambda, int[] items, float[] relevance, int length, int window)
    {
        var chosen = new List<(int Position, double Score)>();
        while (chosen.Count < length)
        {
            var best = (Position: -1, Score: double.NegativeInfinity);
            for (int k = 0; k < items.Length; k++)
            {
                if (chosen.Any(c => c.Position == k)) continue;
                var seen = window == 0 ? chosen : chosen.TakeLast(window);
                double most = chosen.Count == 0 ? 0 : seen.Max(c => Cosine(table, items[k], items[c.Position]));
                double score = relevance[k] + lambda * (1 - most);
                if (score > best.Score) best = (k, score);
            }
            chosen.Add(best);
        }
        return chosen;
    }

    private static double Cosine(EmbeddingTable table, int a, int b)
    {
        double sum = 0;
        for (int k = 0; k < table.Dimension; k++) sum += (double)table.Vectors.Row(a)[k] * table.Vectors.Row(b)[k];
        return sum;
    }
}
