using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.MLNet.Estimators;

[TestClass]
internal sealed class EstimatorTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ImplicitAls_learns_what_the_trainer_learns_key_for_key()
    {
        var model = _ml.Recsys().ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));
        var ours = ((AlsModel)new AlsTrainer(Shop.Als).Train(Shop.Interactions(), StageContext.Quiet(1))).Factors;

        CollectionAssert.AreEqual(ours.Users.Values, ((AlsModel)model.Model).Factors.Users.Values);
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(model);
        foreach (var (user, item) in new[] { (0, 0), (0, 47), (89, 0), (89, 47), (41, 23) })
        {
            float expected = 0;
            for (int k = 0; k < 12; k++) expected += ours.Users.Row(user)[k] * ours.Items.Row(item)[k];
            Assert.AreEqual(expected, engine.Predict(new Purchase { User = (uint)user, Item = (uint)item }).Score, 1e-5f, $"user {user}, item {item}");
        }
    }

    [TestMethod]
    [DataRow("ImplicitAls")]
    [DataRow("Ease")]
    [DataRow("ItemKnn")]
    public void One_cell_a_corner_comes_back_where_it_was(string trainer)
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Corners());
        var model = (trainer == "Ease" ? Shop.Ease(_ml, 0.1) : Shop.Trainer(_ml, trainer)).Fit(data);
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(model);
        float Score(uint user, uint item) => engine.Predict(new Purchase { User = user, Item = item }).Score;

        // Only factors say that an item goes with itself: what the others know is that 0 and 1 go together.
        if (trainer == "ImplicitAls") Assert.IsGreaterThan(0.5f, Score(0, 47));
        else Assert.AreEqual(0, Score(0, 47), 1e-6f);
        Assert.IsGreaterThan(0.4f, Score(89, 0));
        Assert.IsGreaterThan(0.4f, Score(89, 1));
        foreach (var (user, item) in new[] { (0u, 0u), (0u, 1u), (0u, 46u), (1u, 0u), (1u, 47u), (88u, 0u), (88u, 47u), (89u, 46u), (89u, 47u), (89u, 2u) })
            Assert.AreEqual(0, Score(user, item), 0.05f, $"user {user}, item {item}");
    }

    [TestMethod]
    [DataRow("ImplicitAls")]
    [DataRow("Ease")]
    [DataRow("ItemKnn")]
    public void A_missing_key_scores_NaN_and_teaches_nothing(string trainer)
    {
        var clean = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var with = Shop.Trainer(_ml, trainer).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters().Concat(Shop.Missing())));
        var without = Shop.Trainer(_ml, trainer).Fit(clean);

        CollectionAssert.AreEqual(Shop.Scores(without.Transform(clean)), Shop.Scores(with.Transform(clean)));
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(with);
        Assert.IsTrue(float.IsNaN(engine.Predict(new Purchase { User = 90, Item = 3 }).Score));
        Assert.IsTrue(float.IsNaN(engine.Predict(new Purchase { User = 3, Item = 48 }).Score));
        Assert.IsFalse(float.IsNaN(engine.Predict(new Purchase { User = 89, Item = 47 }).Score));
    }

    [TestMethod]
    [DataRow("ImplicitAls")]
    [DataRow("Ease")]
    [DataRow("ItemKnn")]
    public void The_best_of_all_items_are_those_that_scoring_all_finds(string trainer)
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var every = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 90 * 48).Select(k => new Purchase { User = (uint)(k / 48), Item = (uint)(k % 48) }));
        var model = Shop.Trainer(_ml, trainer).Fit(data);
        var lists = model.RecommendTopN(data, 5);
        float[] scores = Shop.Scores(model.Transform(every));

        Assert.AreEqual(90, lists.Users);
        for (int user = 0; user < 90; user++)
        {
            var seen = PlantedClusters.Make().ByUser.RowIndices(user).ToArray();
            float[] expected = [.. Enumerable.Range(0, 48).Except(seen).Select(i => scores[user * 48 + i]).OrderDescending().Take(5)];
            for (int k = 0; k < 5; k++)
            {
                Assert.AreEqual(expected[k], lists.ScoresOf(user)[k], 1e-5f, $"user {user}, rank {k + 1}");
                Assert.AreEqual(expected[k], scores[user * 48 + lists.ItemsOf(user)[k]], 1e-5f, $"user {user}, rank {k + 1}");
            }
        }
    }

    [TestMethod]
    [DataRow("ImplicitAls")]
    [DataRow("Ease")]
    [DataRow("ItemKnn")]
    public void Who_and_what_training_never_saw_are_in_no_list(string trainer)
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters().Where(p => p.User is not (0 or 89) && p.Item != 3));
        var lists = Shop.Trainer(_ml, trainer).Fit(data).RecommendTopN(data, 50);

        Assert.AreEqual(0, lists.ItemsOf(0).Length + lists.ItemsOf(89).Length);
        for (int user = 1; user < 89; user++) Assert.IsFalse(lists.ItemsOf(user).Contains(3), $"user {user} gets an item that was never seen");
        Assert.AreEqual(Enumerable.Range(0, 90).Sum(u => lists.ItemsOf(u).Length), lists.ToDataView().GetRowCount());
        // Keys count from 1: the first user with a list is user 1, whose key is 2.
        Assert.AreEqual(2u, lists.ToDataView().GetColumn<uint>("User").First());
        Assert.AreEqual(89u, lists.ToDataView().GetColumn<uint>("User").Last());
    }

    [TestMethod]
    [DataRow("ImplicitAls", 0.03f)]
    [DataRow("Ease", 1e-6f)]
    [DataRow("ItemKnn", 1e-6f)]
    public void Users_who_came_later_get_the_scores_of_their_twins(string trainer, float within)
    {
        var model = Shop.Trainer(_ml, trainer).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));
        // User 0 of the newcomers has what user 7 had in training, user 1 nothing, user 2 what user 8 had.
        var rows = Shop.Clusters().Where(p => p.User is 7 or 8).Select(p => new Newcomer { User = p.User == 7 ? 0u : 2u, Item = p.Item, Label = 1 });
        var histories = _ml.Data.LoadFromEnumerable(rows);
        var newcomers = model.FoldIn(histories);

        var old = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(model);
        var now = _ml.Model.CreatePredictionEngine<Newcomer, Prediction>(newcomers);
        foreach (var (twin, user) in new[] { (7u, 0u), (8u, 2u) })
        {
            for (uint item = 0; item < 48; item++)
            {
                float score = now.Predict(new Newcomer { User = user, Item = item }).Score;
                Assert.AreEqual(old.Predict(new Purchase { User = twin, Item = item }).Score, score, within, $"user {user}, item {item}");
            }
        }
        Assert.IsTrue(float.IsNaN(now.Predict(new Newcomer { User = 3, Item = 0 }).Score));
        var lists = newcomers.RecommendTopN(histories, 4);
        Assert.AreEqual(3, lists.Users);
        Assert.AreEqual(0, lists.ItemsOf(1).Length);
        Assert.IsTrue(lists.ItemsOf(0).ToArray().All(i => PlantedClusters.ClusterOfItem(i) == 1));
        Assert.IsTrue(lists.ItemsOf(2).ToArray().All(i => PlantedClusters.ClusterOfItem(i) == 2));
    }

    [TestMethod]
    public void The_schema_says_Score_before_anything_is_read()
    {
        var estimator = _ml.Recsys().ImplicitAls("Label", "Item", "User", approximationRank: 4, numberOfIterations: 1);
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        // A pipeline asks for the shape of its data first.
        var chain = estimator.Append(_ml.Transforms.CopyColumns("Again", "Score"));

        Assert.AreEqual(NumberDataViewType.Single, chain.Fit(data).GetOutputSchema(data.Schema)["Again"].Type);
    }

    [TestMethod]
    [DataRow("Again", "Item", "User", "Again")]
    [DataRow("Label", "Product", "User", "Product")]
    [DataRow("Label", "Item", "Customer", "Customer")]
    [DataRow("Label", "Label", "User", "Label")]
    [DataRow("User", "Item", "User", "User")]
    public void Wrong_columns_are_told_before_training(string label, string item, string user, string named)
    {
        var data = _ml.Data.LoadFromEnumerable([new Purchase { Label = 1 }]);
        var chain = _ml.Transforms.CopyColumns("X", "Label").Append(_ml.Recsys().Ease(label, item, user));

        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => chain.Fit(data));
        StringAssert.Contains(thrown.Message, $"'{named}'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Ids_without_keys_are_refused_with_the_transform_that_makes_them()
    {
        var plain = _ml.Data.LoadFromEnumerable(new[] { new Named() });
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => _ml.Recsys().ItemKnn("Label", "Product", "Customer").Fit(plain));
        StringAssert.Contains(thrown.Message, "MapValueToKey", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        RecsysCatalog trainers = _ml.Recsys();
        foreach (var (make, key) in new (Func<RecommenderEstimator>, string)[]
        {
            (() => trainers.ImplicitAls(new ImplicitAlsOptions { Als = { Rank = 0 } }), "Rank"),
            (() => trainers.Ease(new EaseRecommenderOptions { Ease = { Regularization = 0 } }), "Regularization"),
            (() => trainers.ItemKnn(new ItemKnnRecommenderOptions { ItemKnn = { Neighbors = 0 } }), "Neighbors"),
        })
        {
            var thrown = Assert.ThrowsExactly<ConfigurationException>(() => make());
            foreach (string name in new[] { key, "MatrixColumnIndexColumnName", "MatrixRowIndexColumnName" })
                StringAssert.Contains(thrown.Message, name, StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void A_label_below_zero_is_refused_with_its_row()
    {
        var data = _ml.Data.LoadFromEnumerable([new Purchase { Label = 1 }, new Purchase { User = 1, Item = 2, Label = -2 }]);
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => _ml.Recsys().ImplicitAls(Shop.AlsColumns).Fit(data));
        StringAssert.Contains(thrown.Message, "row 1 has the label -2", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Keys_of_another_count_than_the_models_are_refused()
    {
        var model = _ml.Recsys().ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));
        var other = _ml.Data.LoadFromEnumerable([new Newcomer { Label = 1 }]);
        var lists = Assert.ThrowsExactly<ConfigurationException>(() => model.RecommendTopN(other, 3));
        StringAssert.Contains(lists.Message, "3 users and 48 items; expected those of the model, 90 and 48", StringComparison.Ordinal);

        var items = _ml.Data.LoadFromEnumerable([new OtherCatalog { Label = 1 }]);
        var foldIn = Assert.ThrowsExactly<ConfigurationException>(() => model.FoldIn(items));
        StringAssert.Contains(foldIn.Message, "count 7 items; expected those of the model, 48", StringComparison.Ordinal);
    }

    public sealed class OtherCatalog
    {
        [KeyType(90)]
        public uint User { get; set; }

        [KeyType(7)]
        public uint Item { get; set; }

        public float Label { get; set; }
    }
}
