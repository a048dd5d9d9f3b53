using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.MLNet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.MLNet;

[TestClass]
public class EstimatorTests
{
    private readonly MLContext _ml = new(seed: 1);

    private static readonly AlsOptions s_als = new() { Rank = 12, Iterations = 12, Regularization = 0.02 };

    private static ImplicitAlsOptions Als => new() { MatrixRowIndexColumnName = "User", MatrixColumnIndexColumnName = "Item", Als = s_als };

    /// <summary>Keys as an ML.NET program states them: values count from 0, getters from 1.</summary>
    public sealed class Purchase
    {
        [KeyType(90)]
        public uint User { get; set; }

        [KeyType(48)]
        public uint Item { get; set; }

        public float Label { get; set; }
    }

    private sealed class Named
    {
        public string Customer { get; set; } = "";

        public string Product { get; set; } = "";

        public float Label { get; set; } = 1;
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }

    private static IEnumerable<Purchase> Clusters()
    {
        var rows = PlantedClusters.Make().ByUser;
        for (int user = 0; user < rows.Rows; user++)
            foreach (int item in rows.RowIndices(user).ToArray()) yield return new Purchase { User = (uint)user, Item = (uint)item, Label = 1 };
    }

    [TestMethod]
    public void ImplicitAls_learns_what_the_trainer_learns_key_for_key_from_the_first_to_the_last()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(_ml.Data.LoadFromEnumerable(Clusters()));
        var matrix = PlantedClusters.Make();
        var ones = new InteractionMatrix(new SparseRows(matrix.Users, matrix.Items, matrix.ByUser.Pointers, matrix.ByUser.Indices, [.. matrix.ByUser.Values.Select(_ => 1f)]));
        var ours = ((AlsModel)new AlsTrainer(s_als).Train(ones, StageContext.Quiet(1))).Factors;

        Assert.AreEqual((90, 48, 12), (model.Model.NumberOfRows, model.Model.NumberOfColumns, model.Model.ApproximationRank));
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Scored>(model);
        foreach (var (user, item) in new[] { (0, 0), (0, 47), (89, 0), (89, 47), (41, 23) })
        {
            float expected = 0;
            for (int k = 0; k < 12; k++) expected += ours.Users.Row(user)[k] * ours.Items.Row(item)[k];
            Assert.AreEqual(expected, engine.Predict(new Purchase { User = (uint)user, Item = (uint)item }).Score, 1e-5f, $"user {user}, item {item}");
        }
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void One_cell_a_corner_comes_back_where_it_was(bool als)
    {
        var rows = new[] { new Purchase { User = 0, Item = 47, Label = 1 }, new Purchase { User = 89, Item = 0, Label = 1 }, new Purchase { User = 89, Item = 1, Label = 1 } };
        var data = _ml.Data.LoadFromEnumerable(rows);
        var trainers = _ml.Recommendation().Trainers;
        ITransformer model = als
            ? trainers.ImplicitAls(Als).Fit(data)
            : trainers.Ease(new EaseRecommenderOptions { MatrixRowIndexColumnName = "User", MatrixColumnIndexColumnName = "Item", Ease = new EaseOptions { Regularization = 0.1 } }).Fit(data);
        var engine = _ml.Model.CreatePredictionEngine<Purchase, Scored>(model);
        float Score(uint user, uint item) => engine.Predict(new Purchase { User = user, Item = item }).Score;

        // EASE has no weight from an item to itself: what it knows is that 0 and 1 go together.
        if (als) Assert.IsTrue(Score(0, 47) > 0.5f, $"{Score(0, 47)}");
        else Assert.AreEqual(0, Score(0, 47), 1e-6f);
        Assert.IsTrue(Score(89, 0) > 0.4f && Score(89, 1) > 0.4f, $"{Score(89, 0)} {Score(89, 1)}");
        foreach (var (user, item) in new[] { (0u, 0u), (0u, 1u), (0u, 46u), (1u, 0u), (1u, 47u), (88u, 0u), (88u, 47u), (89u, 46u), (89u, 47u), (89u, 2u) })
            Assert.AreEqual(0, Score(user, item), 0.05f, $"user {user}, item {item}");
    }

    [TestMethod]
    public void A_missing_key_scores_NaN_and_teaches_nothing()
    {
        var holes = Clusters().Concat([new Purchase { User = 90, Item = 3, Label = 1 }, new Purchase { User = 3, Item = 48, Label = 1 }, new Purchase { User = 5, Item = 5, Label = float.NaN }]);
        var with = _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(_ml.Data.LoadFromEnumerable(holes));
        var without = _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(_ml.Data.LoadFromEnumerable(Clusters()));

        CollectionAssert.AreEqual(without.Model.LeftFactorMatrix.ToArray(), with.Model.LeftFactorMatrix.ToArray());
        foreach (var model in new ITransformer[] { with, Ease().Fit(_ml.Data.LoadFromEnumerable(holes)) })
        {
            var engine = _ml.Model.CreatePredictionEngine<Purchase, Scored>(model);
            Assert.IsTrue(float.IsNaN(engine.Predict(new Purchase { User = 90, Item = 3 }).Score));
            Assert.IsTrue(float.IsNaN(engine.Predict(new Purchase { User = 3, Item = 48 }).Score));
            Assert.IsFalse(float.IsNaN(engine.Predict(new Purchase { User = 89, Item = 47 }).Score));
        }
    }

    [TestMethod]
    public void A_pipeline_from_ids_is_saved_loaded_evaluated_and_recommends_ids()
    {
        var named = Clusters().Select(p => new Named { Customer = $"c{p.User}", Product = $"p{p.Item}" }).ToList();
        var data = _ml.Data.LoadFromEnumerable(named);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("User", nameof(Named.Customer))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Item", nameof(Named.Product)))
            .Append(_ml.Recommendation().Trainers.ImplicitAls(Als));
        var fitted = pipeline.Fit(data);
        using var file = new MemoryStream();
        _ml.Model.Save(fitted, data.Schema, file);
        file.Position = 0;
        var fresh = new MLContext();
        var loaded = (TransformerChain<ITransformer>)fresh.Model.Load(file, out _);

        var before = Scores(fitted.Transform(data));
        CollectionAssert.AreEqual(before, Scores(loaded.Transform(data)));
        var metrics = fresh.Recommendation().Evaluate(loaded.Transform(data));
        Assert.AreEqual(before.Average(s => (1.0 - s) * (1 - s)), metrics.MeanSquaredError, 1e-6);

        var keyed = loaded.Transform(data);
        var lists = ((MatrixFactorizationPredictionTransformer)loaded.LastTransformer).RecommendTopN(keyed, 3, Als);
        var ids = fresh.Transforms.Conversion.MapKeyToValue("Customer", "User").Append(fresh.Transforms.Conversion.MapKeyToValue("Product", "Item")).Fit(lists.ToDataView()).Transform(lists.ToDataView());
        string[] customers = [.. ids.GetColumn<string>("Customer")], products = [.. ids.GetColumn<string>("Product")];
        Assert.HasCount(270, customers);
        Assert.IsTrue(Enumerable.Range(0, 270).All(k => Number(customers[k]) % 3 == Number(products[k]) % 3), "a list leaves its customer's cluster");
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 1 }, ids.GetColumn<int>("Rank").Take(4).ToArray());
        var bought = named.Select(n => (n.Customer, n.Product)).ToHashSet();
        Assert.IsFalse(customers.Zip(products).Any(bought.Contains), "recommended what was bought");

        static int Number(string id) => int.Parse(id[1..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [TestMethod]
    public void The_best_of_all_items_are_those_that_scoring_every_pair_finds()
    {
        var data = _ml.Data.LoadFromEnumerable(Clusters());
        var every = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 90 * 48).Select(k => new Purchase { User = (uint)(k / 48), Item = (uint)(k % 48) }));
        var als = _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(data);
        var ease = Ease().Fit(data);
        foreach (var (lists, scores) in new[] { (als.RecommendTopN(data, 5, Als), Scores(als.Transform(every))), (ease.RecommendTopN(data, 5), Scores(ease.Transform(every))) })
        {
            Assert.AreEqual(90, lists.Users);
            for (int user = 0; user < 90; user++)
            {
                var seen = PlantedClusters.Make().ByUser.RowIndices(user).ToArray();
                var expected = Enumerable.Range(0, 48).Except(seen).OrderByDescending(i => scores[user * 48 + i]).Take(5).Select(i => scores[user * 48 + i]).ToArray();
                CollectionAssert.AreEqual(expected, lists.ScoresOf(user).ToArray(), Comparer<float>.Create((a, b) => Math.Abs(a - b) < 1e-5f ? 0 : a.CompareTo(b)), $"user {user}");
                for (int k = 0; k < 5; k++) Assert.AreEqual(lists.ScoresOf(user)[k], scores[user * 48 + lists.ItemsOf(user)[k]], 1e-5f);
            }
        }
    }

    [TestMethod]
    public void MLNets_own_factorization_recommends_too_and_who_it_never_saw_gets_no_list()
    {
        var data = _ml.Data.LoadFromEnumerable(Clusters().Where(p => p.User is not (0 or 89) && p.Item != 3).Select((p, k) => new Purchase { User = p.User, Item = p.Item, Label = 1 + k % 2 }));
        var model = _ml.Recommendation().Trainers.MatrixFactorization(new MatrixFactorizationTrainer.Options
        {
            MatrixRowIndexColumnName = "User",
            MatrixColumnIndexColumnName = "Item",
            LabelColumnName = "Label",
            Quiet = true,
            NumberOfThreads = 1,
        }).Fit(data);
        var lists = model.RecommendTopN(data, 50, Als);
        Assert.AreEqual(0, lists.ItemsOf(0).Length + lists.ItemsOf(89).Length);
        for (int user = 1; user < 89; user++)
        {
            Assert.IsFalse(lists.ItemsOf(user).Contains(3), "an item that was never seen");
            Assert.IsTrue(lists.ScoresOf(user).ToArray().All(float.IsFinite));
        }
        Assert.AreEqual(Enumerable.Range(0, 90).Sum(u => lists.ItemsOf(u).Length), lists.ToDataView().GetRowCount());
        Assert.AreEqual(1u, lists.ToDataView().GetColumn<uint>("User").First() - 1, "the first user with a list is user 1, whose key is 2");
        Assert.AreEqual(89u, lists.ToDataView().GetColumn<uint>("User").Last());
    }

    [TestMethod]
    public void Users_who_came_later_get_the_scores_of_their_twins()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(_ml.Data.LoadFromEnumerable(Clusters()));
        // User 0 of the newcomers has what user 7 had in training, user 1 nothing, user 2 what user 8 had.
        var histories = _ml.Data.LoadFromEnumerable(Clusters().Where(p => p.User is 7 or 8).Select(p => new Newcomer { User = p.User == 7 ? 0u : 2u, Item = p.Item, Label = 1 }));
        var newcomers = model.FoldIn(histories, Als);

        Assert.AreEqual((3, 48), (newcomers.Model.NumberOfRows, newcomers.Model.NumberOfColumns));
        var old = _ml.Model.CreatePredictionEngine<Purchase, Scored>(model);
        var now = _ml.Model.CreatePredictionEngine<Newcomer, Scored>(newcomers);
        foreach (var (twin, user) in new[] { (7u, 0u), (8u, 2u) })
            for (uint item = 0; item < 48; item++)
                Assert.AreEqual(old.Predict(new Purchase { User = twin, Item = item }).Score, now.Predict(new Newcomer { User = user, Item = item }).Score, 0.03f, $"user {user}, item {item}");
        var lists = newcomers.RecommendTopN(histories, 4, Als);
        Assert.AreEqual(0, lists.ItemsOf(1).Length);
        Assert.IsTrue(lists.ItemsOf(0).ToArray().All(i => PlantedClusters.ClusterOfItem(i) == 1));
        Assert.IsTrue(lists.ItemsOf(2).ToArray().All(i => PlantedClusters.ClusterOfItem(i) == 2));
    }

    [TestMethod]
    public void The_schema_says_Score_and_wrong_columns_are_told_before_training()
    {
        var estimator = _ml.Recommendation().Trainers.ImplicitAls("Label", "Item", "User", approximationRank: 4, numberOfIterations: 1);
        var data = _ml.Data.LoadFromEnumerable(Clusters());
        // A pipeline asks for the shape of its data before anything is read.
        var chain = estimator.Append(_ml.Transforms.CopyColumns("Again", "Score"));
        Assert.AreEqual(NumberDataViewType.Single, chain.Fit(data).GetOutputSchema(data.Schema)["Again"].Type);

        var plain = _ml.Data.LoadFromEnumerable(new[] { new Named() });
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Transforms.CopyColumns("X", "Label").Append(estimator).Fit(plain));
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => _ml.Recommendation().Trainers.ImplicitAls("Label", "Product", "Customer").Fit(plain));
        StringAssert.Contains(thrown.Message, "MapValueToKey", StringComparison.Ordinal);
        var options = Assert.ThrowsExactly<ConfigurationException>(() => _ml.Recommendation().Trainers.ImplicitAls(new ImplicitAlsOptions { Als = { Rank = 0 } }));
        foreach (string key in new[] { "Rank", "MatrixColumnIndexColumnName", "MatrixRowIndexColumnName" }) StringAssert.Contains(options.Message, key, StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_label_below_zero_is_refused_with_its_row()
    {
        var data = _ml.Data.LoadFromEnumerable([new Purchase { Label = 1 }, new Purchase { User = 1, Item = 2, Label = -2 }]);
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(data));
        StringAssert.Contains(thrown.Message, "row 1 has the label -2", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_model_that_no_MLNet_file_can_hold_says_where_to_keep_it()
    {
        var data = _ml.Data.LoadFromEnumerable(Clusters());
        var thrown = Assert.Throws<Exception>(() => _ml.Model.Save(Ease().Fit(data), data.Schema, new MemoryStream()));
        StringAssert.Contains(thrown.ToString(), "TrainedModels.Save", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Keys_of_another_count_than_the_models_are_refused()
    {
        var model = _ml.Recommendation().Trainers.ImplicitAls(Als).Fit(_ml.Data.LoadFromEnumerable(Clusters()));
        var other = _ml.Data.LoadFromEnumerable([new Newcomer { Label = 1 }]);
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => model.RecommendTopN(other, 3, Als));
        StringAssert.Contains(thrown.Message, "3 users and 48 items; expected those of the model, 90 and 48", StringComparison.Ordinal);
    }

    private HistoryEstimator Ease() => _ml.Recommendation().Trainers.Ease(new EaseRecommenderOptions { MatrixRowIndexColumnName = "User", MatrixColumnIndexColumnName = "Item", Ease = new EaseOptions { Regularization = 5 } });

    private static float[] Scores(IDataView scored) => [.. scored.GetColumn<float>("Score")];

    public sealed class Newcomer
    {
        [KeyType(3)]
        public uint User { get; set; }

        [KeyType(48)]
        public uint Item { get; set; }

        public float Label { get; set; }
    }
}
