using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Places.Lists;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class PlaceDiversifierTests
{
    // Eight bags, then eight other things: by scores alone the first eight would stand on a list.
    private static readonly string?[] s_titles =
    [
        .. "red blue pink green owl pear toy cat".Split(' ').Select(w => $"Jumbo bag {w}"),
        "Cake stand", "Wall clock", "Hot water bottle", "Ribbon reel", "Metal sign", "Tea towel", "Candle", "Mug",
    ];

    [TestMethod]
    public void A_list_has_at_most_so_many_of_a_shelf_unless_the_shelf_was_asked_for()
    {
        var inputs = MadeLog.Inputs(new PurchaseLog([0], [], [], null, HasTime: true), s_titles.Length) with
        {
            Diversify = PlaceDiversifier.Of(new(), new([], []), Catalog()),
        };
        var candidates = ListCandidates.Of(Enumerable.Range(0, s_titles.Length), item => Math.Pow(0.5, item), s_titles.Length);

        var list = ListCandidates.Diversified([candidates], s_titles.Length, 8, inputs)[0];
        var results = QueryResultsPlace.Diversified([candidates], new QueryResultsOptions { Candidates = s_titles.Length }, 8, inputs)[0];

        Assert.AreEqual(new DiversifyOptions().MaxAlike, list.Count(e => e.Item < 8));
        Assert.AreEqual(8, results.Count(e => e.Item < 8));
        CollectionAssert.AreEqual(results.Select(e => Math.Pow(0.5, e.Item)).ToArray(), results.Select(e => e.Score).ToArray(), "scores are as they came");
    }

    private static Catalog Catalog()
    {
        var plain = MadeLog.CatalogOf(s_titles.Length);
        s_titles.CopyTo(plain.Titles, 0);
        return plain;
    }
}
