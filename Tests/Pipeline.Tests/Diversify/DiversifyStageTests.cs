using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

[TestClass]
internal sealed class DiversifyStageTests
{
    [TestMethod]
    public void Relevance_runs_from_one_for_the_best_to_zero_for_the_last_candidate()
    {
        var block = new DiversifyStage(new DiversifyOptions { Lambda = 0, ListLength = 3 }, embeddings: null).Run(Candidates([7, 3, 5, 1], [9f, 7f, 6f, 5f]));

        CollectionAssert.AreEqual(new[] { 7, 3, 5 }, block.Items);
        CollectionAssert.AreEqual(new[] { 1f, 0.5f, 0.25f }, block.Relevance);
        CollectionAssert.AreEqual(block.Relevance, block.Scores);
        CollectionAssert.AreEqual(new[] { 0, 3 }, block.Offsets);
        Assert.IsTrue(block.Propensity.All(p => p == 1) && block.ReasonItems.All(r => r == -1) && block.ReasonItems.Length == 9);
    }

    [TestMethod]
    public void Equal_scores_are_equally_relevant_and_few_candidates_make_a_short_list()
    {
        var block = new DiversifyStage(new DiversifyOptions { Method = "mmr", ListLength = 5 }, embeddings: null).Run(Candidates([4, 2], [3f, 3f]));

        CollectionAssert.AreEqual(new[] { 4, 2 }, block.Items);
        CollectionAssert.AreEqual(new[] { 1f, 1f }, block.Relevance);
    }

    [TestMethod]
    public void One_product_under_two_codes_takes_one_place()
    {
        var options = new DiversifyOptions { Method = DiversifierCatalog.None, ListLength = 3 };
        var candidates = Candidates([0, 1, 2, 3], [4f, 3f, 2f, 1f]);
        var catalog = CatalogOf([11, 22, 11, 0]);

        CollectionAssert.AreEqual(new[] { 0, 1, 3 }, new DiversifyStage(options, embeddings: null, catalog).Run(candidates).Items);
        options.DistinctText = false;
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, new DiversifyStage(options, embeddings: null, catalog).Run(candidates).Items);
    }

    [TestMethod]
    public void A_users_list_does_not_depend_on_its_block()
    {
        var table = MaximalMarginalRelevanceTests.Table([[1, 0], [1, 0.1f], [0, 1], [1, 1], [0.3f, 1]]);
        var stage = new DiversifyStage(new DiversifyOptions { Lambda = 0.6, ListLength = 3, Candidates = 5 }, table);
        var both = new CandidateBlock([8, 9], 5);
        new[] { 0, 1, 2, 3, 4, 4, 2, 1 }.CopyTo(both.Items, 0);
        new[] { 5f, 4f, 3f, 2f, 1f, 8f, 7f, 5f }.CopyTo(both.Scores, 0);
        (both.Counts[0], both.Counts[1]) = (5, 3);
        both.Sources[1] = CandidateSource.Explore;

        var block = stage.Run(both);
        var alone = stage.Run(Candidates([4, 2, 1], [8f, 7f, 5f]));

        CollectionAssert.AreEqual(alone.Items, block.Items[block.Offsets[1]..]);
        CollectionAssert.AreEqual(alone.Scores, block.Scores[block.Offsets[1]..]);
        int explored = Array.IndexOf(block.Items, 1, 0, block.Offsets[1]);
        for (int k = 0; k < block.Offsets[1]; k++) Assert.AreEqual(k == explored, block.Sources[k] == CandidateSource.Explore);
    }

    [TestMethod]
    [DataRow(1, new[] { 5, 0, 1 })]
    [DataRow(2, new[] { 5, 6, 0 })]
    [DataRow(0, new[] { 0, 1, 2 })]
    public void New_items_take_no_more_places_than_their_limit(int most, int[] expected)
    {
        bool[] isNew = [false, false, false, false, false, true, true, true];
        var stage = new DiversifyStage(new DiversifyOptions { Lambda = 0, ListLength = 3 }, embeddings: null, rules: new(new NewItemLimit(isNew, most)));

        CollectionAssert.AreEqual(expected, stage.Run(Candidates([5, 6, 7, 0, 1, 2], [9f, 8f, 7f, 6f, 5f, 4f])).Items);
    }

    [TestMethod]
    public void A_list_that_would_be_short_takes_new_items_beyond_the_limit()
    {
        var rules = new ListRules(new NewItemLimit([false, true, true, true], 0));
        var stage = new DiversifyStage(new DiversifyOptions { Lambda = 0, ListLength = 3 }, embeddings: null, rules: rules);

        CollectionAssert.AreEqual(new[] { 1, 0, 2 }, stage.Run(Candidates([1, 0, 2, 3], [4f, 3f, 2f, 1f])).Items);
    }

    [TestMethod]
    public void What_the_user_has_does_not_come_back_under_another_code()
    {
        // Items 0 and 3 are one product under two codes; user 0 has item 3.
        var rules = new ListRules(Excluded: SparseRows.FromTriplets(1, 4, [0], [3], [1]));
        var stage = new DiversifyStage(new DiversifyOptions { Lambda = 0, ListLength = 3 }, embeddings: null, CatalogOf([7, 8, 9, 7]), rules);

        CollectionAssert.AreEqual(new[] { 1, 2 }, stage.Run(Candidates([0, 1, 2], [3f, 2f, 1f])).Items);
    }

    [TestMethod]
    [DataRow(1, new[] { 0, 3, 4 })]
    [DataRow(2, new[] { 0, 1, 3 })]
    public void Variants_of_one_product_take_as_many_places_as_the_option_says(int most, int[] expected)
    {
        var options = new DiversifyOptions { Lambda = 0, ListLength = 3, MaxVariants = most };
        var stage = new DiversifyStage(options, embeddings: null, CatalogOf([1, 2, 3, 4, 5], parents: [9, 9, 9, 0, 0]));

        CollectionAssert.AreEqual(expected, stage.Run(Candidates([0, 1, 2, 3, 4], [5f, 4f, 3f, 2f, 1f])).Items);
    }

    [TestMethod]
    public void The_share_of_new_items_comes_from_the_log_or_the_option()
    {
        var train = new InteractionMatrix(SparseRows.FromTriplets(1, 4, [0], [1], [1]), disliked: SparseRows.FromTriplets(1, 4, [0], [2], [1]));
        var fromLog = NewItemLimit.Of(new DiversifyOptions { ListLength = 20 }, train, CatalogOf(new ulong[4]), new(0.06))!;
        CollectionAssert.AreEqual(new[] { true, false, false, true }, fromLog.IsNew, "what was returned or rated badly is not new");
        Assert.AreEqual(2, fromLog.Max);
        Assert.AreEqual(5, NewItemLimit.Of(new DiversifyOptions { ListLength = 20, MaxNewShare = 0.25 }, train, CatalogOf(new ulong[4]), new(0.06))!.Max);
        Assert.IsNull(NewItemLimit.Of(new DiversifyOptions { MaxNewShare = 1 }, train, CatalogOf(new ulong[4]), new(0.06)));
    }

    [TestMethod]
    [DataRow(0, new[] { 0, 1, 5 }, DisplayName = "Known items fill the list, one new one has room")]
    [DataRow(2, new[] { 0, 5, 4 }, DisplayName = "A list that would be short takes new ones first, then dead stock")]
    public void Dead_stock_takes_a_place_only_where_a_list_would_be_short(int known, int[] expected)
    {
        const uint Day = 86_400;
        // Users have met items 0 to 3, the log's last day is 100. Items 4 and 6 were added on day 10, item 5 on day 95.
        var train = new InteractionMatrix(SparseRows.FromTriplets(1, 7, [0, 0, 0, 0], [0, 1, 2, 3], [1, 1, 1, 1]), [100 * Day, Day, Day, Day]);
        var catalog = CatalogOf(new ulong[7], added: [0, 0, 0, 0, 10 * Day, 95 * Day, 10 * Day]);
        var options = new DiversifyOptions { Lambda = 0, ListLength = 3 };
        var rules = new ListRules(NewItemLimit.Of(options, train, catalog, new(0.05, Days: 30)));
        int[] candidates = known == 0 ? [4, 6, 0, 1, 5, 2] : [4, 6, 0, 5];

        var list = new DiversifyStage(options, embeddings: null, catalog, rules)
            .Run(Candidates(candidates, [.. candidates.Select((_, at) => 9f - at)])).Items;

        CollectionAssert.AreEquivalent(expected, list);
    }

    [TestMethod]
    public void Options_out_of_range_are_named_with_their_key()
    {
        var check = new OptionsCheck("Diversify");
        new DiversifyOptions { Lambda = -0.1, ListLength = 30, Candidates = 10 }.Validate(check);

        var error = Assert.ThrowsExactly<ConfigurationException>(check.ThrowIfAny);

        StringAssert.Contains(error.Message, "Diversify:Lambda is -0.1; expected a number from 0 to 1");
        StringAssert.Contains(error.Message, "Diversify:Candidates is 10; expected a whole number from ListLength (30)");
    }

    private static CandidateBlock Candidates(int[] items, float[] scores)
    {
        var block = new CandidateBlock([0], items.Length);
        items.CopyTo(block.Items, 0);
        scores.CopyTo(block.Scores, 0);
        block.Counts[0] = items.Length;
        return block;
    }

    internal static Catalog CatalogOf(
        ulong[] hashes, ulong[]? parents = null, uint[]? added = null, string?[]? categories = null, ulong[]? variants = null) => new()
        {
            Titles = new string?[hashes.Length],
            Categories = categories ?? new string?[hashes.Length],
            Brands = new string?[hashes.Length],
            Prices = new double[hashes.Length],
            Available = new bool[hashes.Length],
            TextHashes = hashes,
            Parents = parents,
            Variants = variants,
            Added = added,
        };
}
