using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>Popularity by a column of the user table.</summary>
[TestClass]
internal sealed class PopularitySegmentTests
{
    private const uint Year2020 = 1_577_836_800;
    private const uint Day = 86_400;

    [TestMethod]
    public void Scores_are_the_segments_counts_shrunk_towards_the_shops()
    {
        // Items: 0 is bought by all, 1 by north twice, 2 by south twice. Segments: users 0 to 2, 3 to 5; user 6 is of neither.
        var shop = Shop(["north", "north", "north", "south", "south", "south", null], [[0, 1], [0, 1], [0], [0, 2], [0, 2], [0], [0]], 4);
        var scorer = Train(shop, prior: 4).ScorerFor(shop, StageContext.Quiet(1));

        double[] all = [7 / 11.0, 2 / 11.0, 2 / 11.0, 0];
        double[] north = [.. new[] { 3, 2, 0, 0 }.Select((c, i) => (c + 4 * all[i]) / (5 + 4))];
        AssertRow(scorer, 0, [.. north.Select(s => s / north[0])]);
        AssertRow(scorer, 3, [1, north[2] / north[0], north[1] / north[0], 0]);
        AssertRow(scorer, 6, [.. all.Select(s => s / all[0])]);
    }

    [TestMethod]
    public void Without_a_prior_a_segment_has_what_it_bought_alone()
    {
        var shop = Shop(["a", "b"], [[0], [1]], 2);
        var scorer = Train(shop, prior: 0).ScorerFor(shop, StageContext.Quiet(1));
        AssertRow(scorer, 0, [1, 0]);
        AssertRow(scorer, 1, [0, 1]);
    }

    [TestMethod]
    public void Half_lives_count_within_segments_too()
    {
        var rows = SparseRows.FromTriplets(2, 2, [0, 0, 1], [0, 1, 1], [1, 1, 1]);
        var shop = new InteractionMatrix(rows, [Year2020, Year2020 + 10 * Day, Year2020 + 10 * Day]).WithUsers(Table("a", "b"));
        var scorer = new PopularityTrainer(new PopularityOptions { Segment = "country", SegmentPrior = 0, HalfLifeDays = 10 })
            .Train(shop, StageContext.Quiet(1)).ScorerFor(shop, StageContext.Quiet(1));
        AssertRow(scorer, 0, [0.5, 1]);
    }

    [TestMethod]
    public void A_model_is_read_back_bit_for_bit()
    {
        using var folder = new TempFolder();
        var shop = Shop(["a", "b", null], [[0, 1], [1], [2]], 3);
        var model = Train(shop, prior: 2);
        using (var to = new ArtifactWriter(folder.File("model.bin")))
        {
            TrainedModels.Save(model, to);
            to.Complete();
        }
        var loaded = TrainedModels.Load(new ArtifactReader(folder.File("model.bin")));
        for (int user = 0; user < 3; user++)
            CollectionAssert.AreEqual(Row(model.ScorerFor(shop, StageContext.Quiet(1)), user), Row(loaded.ScorerFor(shop, StageContext.Quiet(1)), user));
    }

    [TestMethod]
    public void Who_came_later_is_known_by_the_table_and_else_gets_the_shops_list()
    {
        var model = Train(Shop(["a", "b"], [[0, 2], [1, 2]], 3), prior: 0);
        var later = Shop(["a", "b", "b", "c"], [[0], [1], [], []], 3);

        var known = model.ScorerFor(later, StageContext.Quiet(1));
        CollectionAssert.AreEqual(Row(known, 1), Row(known, 2));
        CollectionAssert.AreNotEqual(Row(known, 1), Row(known, 3));

        // Without the table, those of the training keep their segment.
        var bare = model.ScorerFor(later.WithUsers(null), StageContext.Quiet(1));
        CollectionAssert.AreEqual(Row(known, 1), Row(bare, 1));
        CollectionAssert.AreEqual(Row(known, 3), Row(bare, 2));
    }

    [TestMethod]
    public void A_sample_of_users_keeps_their_segments()
    {
        // The user without a history is not drawn, so rows of the sample are other users than those of the shop.
        var shop = Shop(["b", "a", "b"], [[], [1, 2], [0]], 8);
        var scale = MemberScale.Of(Train(shop, prior: 0), shop, 10, 8, StageContext.Quiet(1));
        Assert.AreEqual(0, scale, 1e-9, "each has all that its segment bought, and the rest has 0");
    }

    [TestMethod]
    public void A_column_that_nobody_has_counts_for_the_whole_shop()
    {
        var shop = Shop([null, null], [[0], [1, 0]], 2);
        var plain = new PopularityTrainer(new PopularityOptions()).Train(shop, StageContext.Quiet(1)).ScorerFor(shop, StageContext.Quiet(1));
        CollectionAssert.AreEqual(Row(plain, 1), Row(Train(shop, prior: 1).ScorerFor(shop, StageContext.Quiet(1)), 1));
    }

    [TestMethod]
    public void Columns_of_one_value_and_of_too_many_do_not_race()
    {
        var shop = Shop([.. Enumerable.Range(0, 60).Select(_ => (string?)"x")], [.. Enumerable.Range(0, 60).Select(u => new[] { u % 3 })], 3);
        var table = new AttributeTable(["one", "many", "two", "unbought"], 60);
        for (int user = 0; user < 60; user++)
            (table["one"][user], table["many"][user], table["two"][user]) = ("x", $"{user}", user % 2 == 0 ? "even" : "odd");
        Assert.AreEqual("two", string.Join(", ", UserSegments.Raced(shop.WithUsers(table))));
    }

    [TestMethod]
    public void Where_segments_differ_and_nobody_else_does_they_serve()
    {
        var (serving, report) = Choose(RaceShops.OfSegments(tells: true));

        Assert.AreEqual(PopularityTrainer.Name, serving.Algorithm, report.Best?.Model);
        Assert.AreEqual("country", serving.Popularity.Segment);
        StringAssert.Contains(report.Why, "popularity serves", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_column_that_says_nothing_changes_nothing()
    {
        var window = RaceShops.OfSegments(tells: false);
        var (serving, report) = Choose(window);
        var (_, without) = Choose(window with { Train = window.Train.WithUsers(null) });

        Assert.AreEqual("", serving.Popularity.Segment, report.Best?.Model);
        Assert.IsTrue(LastChoice.Same(without.Settings, report.Settings));
        Assert.AreEqual(without.SpentSeconds, report.SpentSeconds, "what else is tried is the same");
        var trials = report.Trials.Where(t => !t.Model.Contains("Segment=", StringComparison.Ordinal)).ToArray();
        Assert.IsTrue(trials.Length < report.Trials.Count, "it was tried");
        Assert.AreEqual(string.Join('\n', without.Trials), string.Join('\n', (IEnumerable<AutoTrial>)trials));
    }

    private static (TrainOptions Serving, AutoReport Report) Choose(HoldOut window) =>
        AutoChoice.Of(new TrainOptions { Auto = { Algorithms = ["popularity", "item-knn"], Varied = 0 } }, window, "w", null, StageContext.Quiet(2));

    private static ITrainedModel Train(InteractionMatrix shop, double prior) =>
        new PopularityTrainer(new PopularityOptions { Segment = "country", SegmentPrior = prior }).Train(shop, StageContext.Quiet(1));

    private static InteractionMatrix Shop(string?[] countries, int[][] bought, int items)
    {
        var pairs = bought.SelectMany((row, user) => row.Select(item => (user, item))).ToArray();
        var rows = SparseRows.FromTriplets(bought.Length, items, [.. pairs.Select(p => p.user)], [.. pairs.Select(p => p.item)], [.. pairs.Select(_ => 1f)]);
        return new InteractionMatrix(rows).WithUsers(Table(countries));
    }

    private static AttributeTable Table(params string?[] countries)
    {
        var table = new AttributeTable(["country"], countries.Length);
        countries.CopyTo(table["country"], 0);
        return table;
    }

    private static float[] Row(IBlockScorer scorer, int user)
    {
        var row = new float[scorer.Items];
        scorer.Score([user], 0, row.Length, row, row.Length);
        return row;
    }

    private static void AssertRow(IBlockScorer scorer, int user, double[] expected)
    {
        float[] row = Row(scorer, user);
        for (int item = 0; item < expected.Length; item++) Assert.AreEqual(expected[item], row[item], 1e-6, $"user {user}, item {item}");
    }
}
