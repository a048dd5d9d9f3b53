using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Hybrid;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class HybridTests
{
    private const int ColdFrom = 42;
    private static readonly StageContext s_context = StageContext.Quiet(2);

    /// <summary>Planted clusters whose last items nobody has.</summary>
    private static InteractionMatrix WithColdItems()
    {
        var all = PlantedClusters.Make().ByUser;
        var pairs = new List<(int User, int Item)>();
        for (int user = 0; user < all.Rows; user++)
            foreach (int item in all.RowIndices(user))
                if (item < ColdFrom) pairs.Add((user, item));
        return PlantedClusters.Matrix(all.Rows, all.Columns, [.. pairs]);
    }

    private static ITrainedModel Train(TextOptions options, ItemContent? content) =>
        new TrainStage(new TrainOptions { Algorithm = "ease", Text = options }).Run(WithColdItems(), s_context, content);

    private static float[] Row(IBlockScorer scorer, int user)
    {
        var row = new float[scorer.Items];
        scorer.Score([user], 0, scorer.Items, row, scorer.Items);
        return row;
    }

    [TestMethod]
    public void An_item_that_nobody_has_is_scored_by_what_its_text_says()
    {
        var matrix = WithColdItems();
        var model = (HybridModel)Train(new TextOptions(), PlantedTexts.Of(matrix.Items));
        var scorer = model.ScorerFor(matrix, s_context);
        for (int user = 0; user < matrix.Users; user++)
        {
            Assert.AreEqual(0f, Row(model.Interactions.ScorerFor(matrix, s_context), user)[ColdFrom..].Max(Math.Abs));
            var row = Row(scorer, user);
            int best = Enumerable.Range(ColdFrom, matrix.Items - ColdFrom).MaxBy(i => row[i]);
            Assert.AreEqual(PlantedClusters.ClusterOfUser(user), PlantedClusters.ClusterOfItem(best), $"user {user}");
        }
    }

    [TestMethod]
    public void Evidence_for_an_item_that_nobody_has_is_text()
    {
        var matrix = WithColdItems();
        var scorer = (ISourceScorer)Train(new TextOptions(), PlantedTexts.Of(matrix.Items)).ScorerFor(matrix, s_context);
        int user = 0;
        int cold = Enumerable.Range(ColdFrom, matrix.Items - ColdFrom).First(i => PlantedClusters.ClusterOfItem(i) == PlantedClusters.ClusterOfUser(user));
        Assert.AreEqual(CandidateSource.Text, scorer.SourceOf(user, cold));
    }

    [TestMethod]
    public void The_best_items_that_nobody_has_score_like_the_best_of_the_others()
    {
        var matrix = WithColdItems();
        var scorer = Train(new TextOptions { ColdWeight = 1 }, PlantedTexts.Of(matrix.Items)).ScorerFor(matrix, s_context);
        double warm = 0, cold = 0;
        for (int user = 0; user < matrix.Users; user++)
        {
            var row = Row(scorer, user);
            foreach (int item in matrix.ByUser.RowIndices(user)) row[item] = float.NegativeInfinity;
            warm += row[..ColdFrom].Order().TakeLast(2).Average();
            cold += row[ColdFrom..].Max();
        }
        Assert.IsTrue(cold > 0.4 * warm && cold < 2.5 * warm, $"cold items score {cold / warm:F2} of the others");
    }

    [TestMethod]
    public void An_item_that_nobody_has_stands_among_its_like()
    {
        var matrix = WithColdItems();
        var space = Train(new TextOptions(), PlantedTexts.Of(matrix.Items)).ItemEmbeddings!;
        for (int item = ColdFrom; item < matrix.Items; item++)
        {
            int nearest = Enumerable.Range(0, ColdFrom)
                .MaxBy(i => System.Numerics.Tensors.TensorPrimitives.Dot<float>(space.Vectors.Row(item), space.Vectors.Row(i)));
            Assert.AreEqual(PlantedClusters.ClusterOfItem(item), PlantedClusters.ClusterOfItem(nearest), $"item {item}");
        }
    }

    [TestMethod]
    public void A_view_that_a_shop_brings_does_what_a_text_does()
    {
        var matrix = WithColdItems();
        var rows = new FactorMatrix(matrix.Items, 5);
        for (int item = 0; item < rows.Rows; item++) rows.Row(item)[PlantedClusters.ClusterOfItem(item)] = 1;
        var content = new ItemContent(new string?[matrix.Items], [new ItemView("images", EmbeddingTable.Normalize(rows))]);
        var row = Row(Train(new TextOptions(), content).ScorerFor(matrix, s_context), 1);
        int best = Enumerable.Range(ColdFrom, matrix.Items - ColdFrom).MaxBy(i => row[i]);
        Assert.AreEqual(PlantedClusters.ClusterOfUser(1), PlantedClusters.ClusterOfItem(best));
    }

    [TestMethod]
    public void Without_texts_or_with_text_off_the_algorithm_serves_alone()
    {
        Assert.AreEqual("ease", Train(new TextOptions(), null).Algorithm);
        Assert.AreEqual("ease", Train(new TextOptions(), new ItemContent(new string?[48], [])).Algorithm);
        Assert.AreEqual("ease", Train(new TextOptions { Use = TextUse.Off }, PlantedTexts.Of(48)).Algorithm);
    }

    [TestMethod]
    public void A_view_of_another_catalog_is_refused()
    {
        var content = PlantedTexts.Of(48) with { Views = [new ItemView("images", EmbeddingTable.Normalize(new FactorMatrix(3, 5)))] };
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Train(new TextOptions(), content));
        StringAssert.Contains(thrown.Message, "3 rows", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "48 items", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Profiles_without_texts_say_where_texts_come_from()
    {
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => new TfIdfProfileTrainer().Train(PlantedClusters.Make(), s_context));
        StringAssert.Contains(thrown.Message, "--items", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_profile_is_the_mean_of_its_items_cosines()
    {
        var matrix = PlantedClusters.Matrix(1, 3, (0, 0), (0, 1));
        // Two texts share one word of two: by hand, the rare word weighs 1 + ln(4/2), the shared one 1 + ln(4/3).
        var model = new TfIdfProfileTrainer().Train(matrix, new ItemContent(["red cup", "saw", "blue cup"], []), s_context);
        double rare = 1 + Math.Log(2), shared = 1 + Math.Log(4 / 3.0);
        double cosine = shared * shared / (rare * rare + shared * shared);
        Assert.AreEqual(cosine / 2, Row(model.ScorerFor(matrix, s_context), 0)[2], 1e-6);
    }

    [TestMethod]
    public void Features_are_made_once_for_the_same_content_options_and_seed()
    {
        var content = PlantedTexts.Of(48);
        var context = StageContext.Quiet(1);
        var four = ItemFeatures.Of(content, new TextOptions { Rank = 4 }, context)!;
        Assert.AreSame(four, ItemFeatures.Of(content, new TextOptions { Rank = 4, Weight = 3 }, StageContext.Quiet(2)));
        Assert.AreEqual(4, four.Rank);
        Assert.AreEqual(6, ItemFeatures.Of(content, new TextOptions { Rank = 6 }, context)!.Rank);
        var again = ItemFeatures.Of(content, new TextOptions { Rank = 4 }, context)!;
        CollectionAssert.AreEqual(four.Values, again.Values);
        Assert.AreNotSame(again, ItemFeatures.Of(content, new TextOptions { Rank = 4 }, StageContext.Quiet(1, 7)));
        Assert.AreNotSame(again, ItemFeatures.Of(PlantedTexts.Of(48), new TextOptions { Rank = 4 }, context));
    }
}
