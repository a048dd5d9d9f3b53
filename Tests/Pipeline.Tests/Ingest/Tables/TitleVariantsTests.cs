using Recsys.Batch.Pipeline.Ingest.Tables;

namespace Recsys.Batch.Pipeline.Tests.Ingest.Tables;

[TestClass]
internal sealed class TitleVariantsTests
{
    [TestMethod]
    [DataRow("Classic T-Shirt red", "Classic T-Shirt navy", DisplayName = "Colours")]
    [DataRow("RED RETROSPOT CUP", "retrospot cup, blue", DisplayName = "Letters and order do not hide a colour")]
    [DataRow("Polyester Filler Pad 45x45cm", "Polyester Filler Pad 60x40cm", DisplayName = "Measures")]
    [DataRow("LETTER \"A\" BLING KEY RING", "LETTER \"B\" BLING KEY RING", DisplayName = "Letters")]
    [DataRow("Chinese style scissor small", "Chinese style scissor large", DisplayName = "Sizes")]
    [DataRow("Baumwollhemd Karo grün", "Baumwollhemd Karo rot", DisplayName = "German")]
    [DataRow("Chemise carreaux verte", "Chemise carreaux bleue", DisplayName = "French")]
    public void Titles_that_differ_in_what_tells_variants_apart_are_one_product(string one, string other)
    {
        ulong[] products = Of(one, other, "Metal Sign Kitchen");

        Assert.AreNotEqual(0ul, products[0]);
        Assert.AreEqual(products[0], products[1]);
        Assert.AreEqual(0ul, products[2], "nothing else is called so");
    }

    [TestMethod]
    [DataRow("Red retrospot cup", "Red retrospot bowl", DisplayName = "Another thing")]
    [DataRow("iPhone 14", "iPhone 15", DisplayName = "One word and a number may be anything")]
    [DataRow("Rot", "Blau", DisplayName = "Nothing but a colour")]
    [DataRow("Metal sign kitchen", "Metal sign kitchen", DisplayName = "One product under two codes is another rule's")]
    [DataRow(null, null, DisplayName = "No title")]
    public void Other_titles_are_products_of_their_own(string? one, string? other) => CollectionAssert.AreEqual(new ulong[2], Of(one, other));

    [TestMethod]
    public void A_brand_keeps_products_apart()
    {
        ulong[] products = TitleVariants.Of(["Wool hat red", "Wool hat blue", "Wool hat green"], ["North", "North", "South"], []);

        Assert.AreEqual(products[0], products[1]);
        Assert.AreEqual(0ul, products[2]);
    }

    [TestMethod]
    public void A_shop_teaches_its_own_words()
    {
        // Amber stands where colours stand, in three series; cup stands where bowl stands.
        string[] titles =
        [
            "Drop earrings pink", "Drop earrings amber", "Bag charm glass blue", "Bag charm glass amber", "Enamel ring red", "Enamel ring amber",
            "Red spotty cup", "Red spotty bowl",
        ];

        ulong[] products = Of(titles);

        for (int pair = 0; pair < 6; pair += 2) Assert.AreEqual(products[pair], products[pair + 1], titles[pair]);
        Assert.AreNotEqual(0ul, products[0]);
        CollectionAssert.AreEqual(new ulong[2], products[6..]);
    }

    [TestMethod]
    public void Words_of_the_configuration_tell_variants_apart()
    {
        string[] titles = ["Scented candle vanilla", "Scented candle jasmine"];
        CollectionAssert.AreEqual(new ulong[2], Of(titles));

        ulong[] products = TitleVariants.Of(titles, new string?[2], ["Vanilla", "JASMINE"]);

        Assert.AreNotEqual(0ul, products[0]);
        Assert.AreEqual(products[0], products[1]);
    }

    private static ulong[] Of(params string?[] titles) => TitleVariants.Of(titles, new string?[titles.Length], []);
}
