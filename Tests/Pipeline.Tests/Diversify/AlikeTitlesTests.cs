using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Lexical;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

/// <summary>What titles alone say of variants and shelves.</summary>
[TestClass]
internal sealed class AlikeTitlesTests
{
    // Items 0 to 4 are jumbo bags, 5 to 7 metal signs, 8 to 11 nothing of the kind.
    private static readonly string[] s_titles =
    [
        "Jumbo bag strawberry", "Jumbo bag owls", "Jumbo bag pears", "Red jumbo bag", "Jumbo bag toys", "Metal sign kitchen", "Metal sign garden",
        "Metal sign 1 bath", "Cake stand", "Wall clock", "Hot water bottle", "Ribbon reel",
    ];

    [TestMethod]
    public void A_shelf_takes_as_many_places_as_the_option_says() =>
        CollectionAssert.AreEqual(new[] { 0, 1, 5, 6, 8, 9 }, List(Options(most: 2, length: 6), TitlePhrases.Of(s_titles)));

    [TestMethod]
    public void A_list_that_would_be_short_takes_more_of_a_shelf() =>
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 5, 6, 8, 9, 10, 11 }, List(Options(most: 2, length: 9), TitlePhrases.Of(s_titles)));

    [TestMethod]
    [DataRow(new[] { "one two three", "one two four" }, 0, DisplayName = "Two titles are no shelf")]
    [DataRow(new[] { "one two three", "one two four", "five one two" }, 1, DisplayName = "Three are")]
    [DataRow(new[] { "one 2 three", "one 2 four", "five one 2" }, 0, DisplayName = "A number is no word")]
    public void Phrases_are_of_titles_that_share_them(string[] titles, int count)
    {
        var phrases = TitlePhrases.Of(titles);

        Assert.AreEqual(count, phrases.Count);
        Assert.AreEqual(titles.Length, phrases.Items);
    }

    [TestMethod]
    public void What_nearly_all_titles_say_tells_no_shelf()
    {
        // "gift set" is in every title, "tea towel" in three of 100.
        string?[] titles = [.. Enumerable.Range(0, 100).Select(i => i < 3 ? $"Gift set tea towel w{(char)('a' + i)}" : $"Gift set w{(char)('a' + i % 26)}{i}")];

        var phrases = TitlePhrases.Of(titles);

        Assert.AreEqual(1, phrases.Count);
        Assert.AreEqual(1, phrases.Of(0).Length);
        Assert.AreEqual(0, phrases.Of(50).Length);
    }

    [TestMethod]
    [DataRow(1, 3, new[] { 0, 3, 4 }, DisplayName = "One of three variants")]
    [DataRow(2, 3, new[] { 0, 1, 3 }, DisplayName = "Two of them")]
    [DataRow(1, 4, new[] { 0, 1, 3, 4 }, DisplayName = "A list that would be short takes another")]
    public void Variants_by_title_give_way_to_other_products(int most, int length, int[] expected)
    {
        var catalog = DiversifyStageTests.CatalogOf([1, 2, 3, 4, 5], variants: [9, 9, 9, 0, 0]);
        var options = Options(most: 100, length);
        options.MaxTitleVariants = most;
        var stage = new DiversifyStage(options, embeddings: null, catalog);

        CollectionAssert.AreEqual(expected, stage.Run(Candidates(5)).Items);
    }

    [TestMethod]
    public void A_column_that_names_the_product_counts_alone()
    {
        var catalog = DiversifyStageTests.CatalogOf([1, 2, 3], parents: [0, 7, 7], variants: [9, 9, 9]);

        CollectionAssert.AreEqual(new[] { 0, 1 }, new DiversifyStage(Options(most: 100, 3), embeddings: null, catalog).Run(Candidates(3)).Items);
    }

    private static DiversifyOptions Options(int most, int length) => new() { Lambda = 0, ListLength = length, MaxAlike = most };

    private static int[] List(DiversifyOptions options, TitlePhrases phrases)
    {
        var catalog = DiversifyStageTests.CatalogOf(new ulong[s_titles.Length]);
        return new DiversifyStage(options, embeddings: null, catalog, new ListRules(Phrases: phrases)).Run(Candidates(s_titles.Length)).Items;
    }

    private static CandidateBlock Candidates(int count)
    {
        var block = new CandidateBlock([0], count);
        for (int k = 0; k < count; k++) (block.Items[k], block.Scores[k]) = (k, count - k);
        block.Counts[0] = count;
        return block;
    }
}
