using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Tests.Data;

[TestClass]
internal sealed class CatalogSpacesTests
{
    [TestMethod]
    public void Items_are_alike_by_the_levels_of_their_categories_that_they_share()
    {
        var space = CatalogSpaces.OfCategories(Catalog(["home/cups", "home/plates", "home/cups", "toys", "home", null]))!;

        Assert.AreEqual(1, Cosine(space, 0, 2), 1e-6);
        Assert.AreEqual(0.5, Cosine(space, 0, 1), 1e-6);
        Assert.AreEqual(1 / Math.Sqrt(2), Cosine(space, 0, 4), 1e-6);
        Assert.AreEqual(0, Cosine(space, 0, 3), 1e-6);
        Assert.AreEqual(0, Cosine(space, 5, 5), 1e-6);
        Assert.IsNull(CatalogSpaces.OfCategories(Catalog([null, ""])));
    }

    [TestMethod]
    public void Categories_beyond_the_coordinates_stay_themselves()
    {
        var space = CatalogSpaces.OfCategories(Catalog([.. Enumerable.Range(0, 700).Select(i => $"c{i}")]))!;

        Assert.AreEqual(256, space.Dimension);
        for (int a = 0; a < 700; a += 37)
        {
            Assert.AreEqual(1, Cosine(space, a, a), 1e-6);
            int alike = Enumerable.Range(0, 700).Count(b => b != a && Cosine(space, a, b) > 1e-6);
            Assert.IsTrue(alike <= 1, $"{alike} others are taken for category {a}");
        }
    }

    [TestMethod]
    public void Prices_are_alike_by_their_places_among_all()
    {
        var space = CatalogSpaces.OfPrices(Catalog(new string?[6], [1, 1_000, 3, 3, double.NaN, 5]))!;

        Assert.AreEqual(0, Cosine(space, 0, 1), 1e-6);
        Assert.AreEqual(1, Cosine(space, 2, 3), 1e-6);
        // Places 0, .375 (the middle of two), .75 and 1: an angle of a quarter turn times their distance.
        Assert.AreEqual(Math.Cos(0.375 * Math.PI / 2), Cosine(space, 0, 2), 1e-6);
        Assert.AreEqual(Math.Cos(0.25 * Math.PI / 2), Cosine(space, 5, 1), 1e-6);
        Assert.AreEqual(0, Cosine(space, 4, 4), 1e-6);
        Assert.IsNull(CatalogSpaces.OfPrices(Catalog(new string?[2], [double.NaN, 0])));
        Assert.AreEqual(1, Cosine(CatalogSpaces.OfPrices(Catalog(new string?[1], [7]))!, 0, 0), 1e-6);
    }

    private static double Cosine(EmbeddingTable space, int a, int b) => TensorPrimitives.Dot<float>(space.Vectors.Row(a), space.Vectors.Row(b));

    private static Catalog Catalog(string?[] categories, double[]? prices = null) => new()
    {
        Titles = new string?[categories.Length],
        Categories = categories,
        Brands = new string?[categories.Length],
        Prices = prices ?? new double[categories.Length],
        Available = [.. categories.Select(_ => true)],
        TextHashes = new ulong[categories.Length],
    };
}
