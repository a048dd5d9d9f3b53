using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

[TestClass]
internal sealed class UserLambdaTests
{
    /// <summary>User 0 has one category of four, user 1 two evenly, user 2 all four evenly, user 3 nothing.</summary>
    private static readonly CategoryMixes Mixes = new(
        new CategoryPaths(DiversifyStageTests.CatalogOf(new ulong[8], categories: ["a", "b", "c", "d", "a", "b", "c", "d"])),
        new SparseRows(4, 8, [0, 2, 4, 8, 8], [0, 4, 0, 1, 0, 1, 2, 3], new float[8]));

    [TestMethod]
    [DataRow(0, 0)]
    [DataRow(1, 0.2)]
    [DataRow(2, 0.4)]
    [DataRow(3, 0.4)]
    [DataRow(99, 0.4)]
    public void A_broad_taste_gets_more_diversity(int user, double expected) => Assert.AreEqual(expected, new UserLambda(0.4, Mixes).Of(user), 1e-9);

    [TestMethod]
    public void One_lambda_is_for_all_unless_taste_is_asked_for()
    {
        Assert.AreEqual(0.4, new UserLambda(0.4).Of(0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new UserLambda(-1));
    }

    [TestMethod]
    public void A_catalog_with_one_category_or_none_has_no_mixes()
    {
        var history = new SparseRows(1, 2, [0, 1], [0], [1]);
        Assert.IsNull(CategoryMixes.Of(DiversifyStageTests.CatalogOf(new ulong[2]), history));
        Assert.IsNull(CategoryMixes.Of(DiversifyStageTests.CatalogOf(new ulong[2], categories: ["a/x", "a/y"]), history));
        var mixes = CategoryMixes.Of(DiversifyStageTests.CatalogOf(new ulong[2], categories: ["a/x", "b"]), history);
        Assert.IsNotNull(mixes);
        Assert.IsFalse(DiversifierCatalog.Works("calibration", null, null) || DiversifierCatalog.Works("mmr", null, mixes));
        Assert.IsTrue(DiversifierCatalog.Works("calibration", null, mixes));
    }

    [TestMethod]
    public void A_narrow_taste_keeps_the_order_of_relevance()
    {
        var (items, relevance, list) = ((int[])[0, 4, 1, 2], (float[])[1, 0.9f, 0.8f, 0.7f], new ListEntry[4]);
        var space = MaximalMarginalRelevanceTests.Table([[1, 0], [0, 1], [1, 1], [1, 0], [1, 0], [0, 1], [1, 1], [1, 0]]);
        int[] Order(int user, bool byTaste)
        {
            DiversifierCatalog.Create("mmr", space, Mixes, 1, byTaste).Choose(user, items, relevance, list);
            return [.. list.Select(e => items[e.Position])];
        }

        CollectionAssert.AreEqual(items, Order(0, byTaste: true));
        CollectionAssert.AreNotEqual(items, Order(0, byTaste: false));
        CollectionAssert.AreEqual(Order(0, byTaste: false), Order(2, byTaste: true));
    }
}
