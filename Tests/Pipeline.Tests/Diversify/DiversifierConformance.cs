using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

/// <summary>What every diversifier must do. A test class of one derives from this and names its definition.</summary>
internal abstract class DiversifierConformance
{
    private const int Items = 120, Dimension = 24;

    protected abstract DiversifierDefinition Definition { get; }

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(1, 1)]
    [DataRow(7, 3)]
    [DataRow(20, 60)]
    [DataRow(120, 120)]
    public void A_list_is_full_and_has_no_candidate_twice(int candidates, int length)
    {
        var list = Choose(0.3, candidates, length);

        Assert.HasCount(Math.Min(candidates, length), list);
        Assert.AreEqual(list.Length, list.Select(e => e.Position).Distinct().Count());
        Assert.IsTrue(list.All(e => e.Position >= 0 && e.Position < candidates && float.IsFinite(e.Score)));
    }

    [TestMethod]
    public void Entries_carry_their_candidates_relevance()
    {
        var (_, _, relevance) = Candidates(50);
        foreach (var entry in Choose(0.3, 50, 10)) Assert.AreEqual(relevance[entry.Position], entry.Relevance);
    }

    [TestMethod]
    public void Without_lambda_the_list_is_by_relevance() =>
        CollectionAssert.AreEqual(Enumerable.Range(0, 30).ToArray(), Choose(0, 60, 30).Select(e => e.Position).ToArray());

    [TestMethod]
    public void Many_threads_choose_what_one_chooses()
    {
        var (table, items, relevance) = Candidates(100);
        var diversifier = Definition.Create(new DiversifierInputs(table, Mixes(), 0.5));
        var expected = Choose(0.5, 100, 20);
        Parallel.For(0, 200, _ =>
        {
            var list = new ListEntry[20];
            diversifier.Choose(0, items, relevance, list);
            CollectionAssert.AreEqual(expected, list);
        });
    }

    [TestMethod]
    public void The_definition_has_a_name_in_lower_case() => Assert.AreEqual(Definition.Name.ToLowerInvariant(), Definition.Name);

    private ListEntry[] Choose(double lambda, int candidates, int length)
    {
        var (table, items, relevance) = Candidates(candidates);
        var list = new ListEntry[length];
        int filled = Definition.Create(new DiversifierInputs(table, Mixes(), lambda)).Choose(0, items, relevance, list);
        return list[..filled];
    }

    /// <summary>Seven categories in turn, every eighth item of none; the user has ten items.</summary>
    internal static CategoryMixes Mixes()
    {
        var catalog = DiversifyStageTests.CatalogOf(
            new ulong[Items], categories: [.. Enumerable.Range(0, Items).Select(i => i % 8 == 7 ? null : $"category {i % 8}/special {i}")]);
        int[] history = [0, 1, 2, 8, 9, 16, 17, 24, 31, 32];
        return new CategoryMixes(new CategoryPaths(catalog), new SparseRows(1, Items, [0, history.Length], history, new float[history.Length]));
    }

    private static (EmbeddingTable Table, int[] Items, float[] Relevance) Candidates(int count)
    {
        var random = new Random(11);
        var vectors = new FactorMatrix(Items, Dimension);
        for (int row = 0; row < Items; row++)
            for (int d = 0; d < Dimension; d++) vectors.Row(row)[d] = random.NextSingle() - 0.5f;
        int[] items = [.. Enumerable.Range(0, Items).OrderBy(_ => random.Next()).Take(count)];
        return (EmbeddingTable.Normalize(vectors), items, [.. Enumerable.Range(0, count).Select(k => 1 - k / (float)Math.Max(1, count))]);
    }
}
