using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.MLNet.Estimators;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Recommender.Tests;

/// <summary>Our implicit ALS as a model of ML.NET's own class, and lists and newcomers for such models.</summary>
[TestClass]
internal class BridgeTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void ImplicitAls_learns_what_the_trainer_learns_key_for_key()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));
        var ours = ((AlsModel)new AlsTrainer(Shop.Als).Train(Shop.Interactions(), StageContext.Quiet(1))).Factors;

        Assert.AreEqual((90, 48, 12), (model.Model.NumberOfRows, model.Model.NumberOfColumns, model.Model.ApproximationRank));
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(model);
        foreach (var (user, item) in new[] { (0, 0), (0, 47), (89, 0), (89, 47), (41, 23) })
        {
            float expected = 0;
            for (int k = 0; k < 12; k++) expected += ours.Users.Row(user)[k] * ours.Items.Row(item)[k];
            Assert.AreEqual(expected, engine.Predict(new Purchase { User = (uint)user, Item = (uint)item }).Score, 1e-5f, $"user {user}, item {item}");
        }
    }

    [TestMethod]
    public void One_cell_a_corner_comes_back_where_it_was()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Corners()));
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(model);
        float Score(uint user, uint item) => engine.Predict(new Purchase { User = user, Item = item }).Score;

        Assert.IsGreaterThan(0.5f, Score(0, 47));
        Assert.IsGreaterThan(0.4f, Score(89, 0));
        Assert.IsGreaterThan(0.4f, Score(89, 1));
        foreach (var (user, item) in new[] { (0u, 0u), (0u, 1u), (0u, 46u), (1u, 0u), (1u, 47u), (88u, 0u), (88u, 47u), (89u, 46u), (89u, 47u), (89u, 2u) })
            Assert.AreEqual(0, Score(user, item), 0.05f, $"user {user}, item {item}");
    }

    [TestMethod]
    public void A_missing_key_scores_NaN_and_teaches_nothing()
    {
        var with = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters().Concat(Shop.Missing())));
        var without = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));

        CollectionAssert.AreEqual(without.Model.LeftFactorMatrix.ToArray(), with.Model.LeftFactorMatrix.ToArray());
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(with);
        Assert.IsTrue(float.IsNaN(engine.Predict(new Purchase { User = 90, Item = 3 }).Score));
        Assert.IsTrue(float.IsNaN(engine.Predict(new Purchase { User = 3, Item = 48 }).Score));
        Assert.IsFalse(float.IsNaN(engine.Predict(new Purchase { User = 89, Item = 47 }).Score));
    }

    [TestMethod]
    public void A_pipeline_is_saved_as_MLNets_own_and_read_back()
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var fitted = _ml.Transforms.CopyColumns("Again", "Label").Append(_ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns)).Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(fitted, data.Schema, file);
        file.Position = 0;
        var fresh = new MLContext();
        var loaded = (TransformerChain<ITransformer>)fresh.Model.Load(file, out _);

        var before = Shop.Scores(fitted.Transform(data));
        CollectionAssert.AreEqual(before, Shop.Scores(loaded.Transform(data)));
        Assert.AreEqual(before.Average(s => (1.0 - s) * (1 - s)), fresh.Recommendation().Evaluate(loaded.Transform(data)).MeanSquaredError, 1e-6);
        var expected = fitted.LastTransformer.RecommendTopN(data, 3, Shop.AlsColumns);
        var lists = ((MatrixFactorizationPredictionTransformer)loaded.LastTransformer).RecommendTopN(data, 3, Shop.AlsColumns);
        for (int user = 0; user < 90; user++)
        {
            Assert.AreEqual(3, lists.ItemsOf(user).Length);
            CollectionAssert.AreEqual(expected.ItemsOf(user).ToArray(), lists.ItemsOf(user).ToArray(), $"user {user}");
        }
    }

    [TestMethod]
    public void The_best_of_all_items_are_those_of_our_own_transformer()
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var theirs = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(data).RecommendTopN(data, 5, Shop.AlsColumns);
        var ours = _ml.Recsys().ImplicitAls(Shop.AlsColumns).Fit(data).RecommendTopN(data, 5);

        Assert.AreEqual(90, theirs.Users);
        for (int user = 0; user < 90; user++)
        {
            CollectionAssert.AreEqual(ours.ItemsOf(user).ToArray(), theirs.ItemsOf(user).ToArray(), $"user {user}");
            CollectionAssert.AreEqual(ours.ScoresOf(user).ToArray(), theirs.ScoresOf(user).ToArray(), $"user {user}");
        }
    }

    [TestMethod]
    public void MLNets_own_factorization_lists_and_who_it_never_saw_has_none()
    {
        var data = _ml.Data.LoadFromEnumerable(
            Shop.Clusters().Where(p => p.User is not (0 or 89) && p.Item != 3)
                .Select((p, k) => new Purchase { User = p.User, Item = p.Item, Label = 1 + k % 2 }));
        var model = _ml.Recommendation().Trainers.MatrixFactorization(new MatrixFactorizationTrainer.Options
        {
            MatrixRowIndexColumnName = "User",
            MatrixColumnIndexColumnName = "Item",
            LabelColumnName = "Label",
            Quiet = true,
            NumberOfThreads = 1,
        }).Fit(data);
        var lists = model.RecommendTopN(data, 50, Shop.AlsColumns);

        Assert.AreEqual(0, lists.ItemsOf(0).Length + lists.ItemsOf(89).Length);
        for (int user = 1; user < 89; user++)
        {
            Assert.IsFalse(lists.ItemsOf(user).Contains(3), "an item that was never seen");
            Assert.IsTrue(lists.ScoresOf(user).ToArray().All(float.IsFinite));
        }
    }

    [TestMethod]
    public void Users_who_came_later_get_the_scores_of_their_twins()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));
        // User 0 of the newcomers has what user 7 had in training, user 1 nothing, user 2 what user 8 had.
        var rows = Shop.Clusters().Where(p => p.User is 7 or 8).Select(p => new Newcomer { User = p.User == 7 ? 0u : 2u, Item = p.Item, Label = 1 });
        var histories = _ml.Data.LoadFromEnumerable(rows);
        var newcomers = model.FoldIn(histories, Shop.AlsColumns);

        Assert.AreEqual((3, 48), (newcomers.Model.NumberOfRows, newcomers.Model.NumberOfColumns));
        var old = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(model);
        var now = _ml.Model.CreatePredictionEngine<Newcomer, Prediction>(newcomers);
        foreach (var (twin, user) in new[] { (7u, 0u), (8u, 2u) })
        {
            for (uint item = 0; item < 48; item++)
            {
                float score = now.Predict(new Newcomer { User = user, Item = item }).Score;
                Assert.AreEqual(old.Predict(new Purchase { User = twin, Item = item }).Score, score, 0.03f, $"user {user}, item {item}");
            }
        }
        var lists = newcomers.RecommendTopN(histories, 4, Shop.AlsColumns);
        Assert.AreEqual(0, lists.ItemsOf(1).Length);
        Assert.IsTrue(lists.ItemsOf(0).ToArray().All(i => PlantedClusters.ClusterOfItem(i) == 1));
        Assert.IsTrue(lists.ItemsOf(2).ToArray().All(i => PlantedClusters.ClusterOfItem(i) == 2));
    }

    [TestMethod]
    public void The_schema_says_Score_and_wrong_columns_are_told_early()
    {
        var estimator = _ml.Recommendation().Trainers.ImplicitAls("Label", "Item", "User", approximationRank: 4, numberOfIterations: 1);
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var chain = estimator.Append(_ml.Transforms.CopyColumns("Again", "Score"));
        Assert.AreEqual(NumberDataViewType.Single, chain.Fit(data).GetOutputSchema(data.Schema)["Again"].Type);

        var plain = _ml.Data.LoadFromEnumerable(new[] { new Named() });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.CopyColumns("X", "Label").Append(estimator).Fit(plain));
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => _ml.Recommendation().Trainers.ImplicitAls("Label", "Product", "Customer").Fit(plain));
        StringAssert.Contains(thrown.Message, "MapValueToKey", StringComparison.Ordinal);
        var wrong = new ImplicitAlsOptions { Als = { Rank = 0 } };
        var options = Assert.ThrowsExactly<ConfigurationException>(() => _ml.Recommendation().Trainers.ImplicitAls(wrong));
        foreach (string key in new[] { "Rank", "MatrixColumnIndexColumnName", "MatrixRowIndexColumnName" })
            StringAssert.Contains(options.Message, key, StringComparison.Ordinal);
    }

    [TestMethod]
    public void Keys_of_another_count_than_the_models_are_refused()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Shop.AlsColumns).Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters()));
        var other = _ml.Data.LoadFromEnumerable([new Newcomer { Label = 1 }]);
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => model.RecommendTopN(other, 3, Shop.AlsColumns));
        StringAssert.Contains(thrown.Message, "3 users and 48 items; expected those of the model, 90 and 48", StringComparison.Ordinal);
    }
}
