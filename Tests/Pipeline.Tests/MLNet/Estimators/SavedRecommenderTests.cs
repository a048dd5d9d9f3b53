using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.MLNet.Estimators;

namespace Recsys.Batch.Pipeline.Tests.MLNet.Estimators;

/// <summary>What <c>ml.Model.Save</c> keeps of a recommender, read back in a context that knows nothing of us.</summary>
[TestClass]
internal sealed class SavedRecommenderTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("ImplicitAls")]
    [DataRow("Ease")]
    [DataRow("ItemKnn")]
    public void A_pipeline_from_ids_is_saved_loaded_evaluated_and_lists_ids(string trainer)
    {
        var named = Shop.Clusters().Select(p => new Named { Customer = $"c{p.User}", Product = $"p{p.Item}" }).ToList();
        var data = _ml.Data.LoadFromEnumerable(named);
        var pipeline = _ml.Transforms.Conversion.MapValueToKey("User", nameof(Named.Customer))
            .Append(_ml.Transforms.Conversion.MapValueToKey("Item", nameof(Named.Product)))
            .Append(Shop.Trainer(_ml, trainer));
        var fitted = pipeline.Fit(data);
        var fresh = new MLContext();
        var loaded = Again(fitted, data.Schema, fresh);

        var before = Shop.Scores(fitted.Transform(data));
        CollectionAssert.AreEqual(before, Shop.Scores(loaded.Transform(data)));
        CollectionAssert.AreEqual(Columns(fitted), Columns(loaded));
        var metrics = fresh.Regression.Evaluate(loaded.Transform(data));
        Assert.AreEqual(before.Average(s => (1.0 - s) * (1 - s)), metrics.MeanSquaredError, 1e-6);

        var keyed = loaded.Transform(data);
        var lists = fresh.Recsys().RecommenderOf(loaded).RecommendTopN(keyed, 3).ToDataView();
        var ids = fresh.Transforms.Conversion.MapKeyToValue([new("Customer", "User"), new("Product", "Item")]).Fit(lists).Transform(lists);
        string[] customers = [.. ids.GetColumn<string>("Customer")], products = [.. ids.GetColumn<string>("Product")];
        Assert.HasCount(270, customers);
        Assert.IsTrue(Enumerable.Range(0, 270).All(k => Number(customers[k]) % 3 == Number(products[k]) % 3), "a list leaves its customer's cluster");
        CollectionAssert.AreEqual(new[] { 1, 2, 3, 1 }, ids.GetColumn<int>("Rank").Take(4).ToArray());
        var bought = named.Select(n => (n.Customer, n.Product)).ToHashSet();
        Assert.IsFalse(customers.Zip(products).Any(bought.Contains), "recommended what was bought");

        (string, string?)[] Columns(ITransformer pipeline) => [.. pipeline.GetOutputSchema(data.Schema).Select(c => (c.Name, c.Type.ToString()))];

        static int Number(string id) => int.Parse(id[1..], CultureInfo.InvariantCulture);
    }

    [TestMethod]
    [DataRow("ImplicitAls")]
    [DataRow("Ease")]
    [DataRow("ItemKnn")]
    public void A_loaded_recommender_lists_and_folds_in_as_before(string trainer)
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var fitted = Shop.Trainer(_ml, trainer).Fit(data);
        var loaded = _ml.Recsys().RecommenderOf(Again(fitted, data.Schema, new MLContext()));
        var late = _ml.Data.LoadFromEnumerable(Shop.Clusters().Where(p => p.User is 7).Select(p => new Newcomer { User = 1, Item = p.Item, Label = 1 }));

        Assert.AreEqual(fitted.Model.Algorithm, loaded.Model.Algorithm);
        AssertEqual(fitted.RecommendTopN(data, 5), loaded.RecommendTopN(data, 5), 90);
        AssertEqual(fitted.FoldIn(late).RecommendTopN(late, 5), loaded.FoldIn(late).RecommendTopN(late, 5), 3);
        // What was loaded is saved once more.
        AssertEqual(fitted.RecommendTopN(data, 5), _ml.Recsys().RecommenderOf(Again(loaded, data.Schema, new MLContext())).RecommendTopN(data, 5), 90);
    }

    [TestMethod]
    public void A_loaded_pipeline_predicts_row_by_row_and_a_missing_key_is_NaN()
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var fitted = Shop.Trainer(_ml, "Ease").Fit(data);
        var fresh = new MLContext();
        var loaded = Again(fitted, data.Schema, fresh);
        var before = _ml.Model.CreatePredictionEngine<Purchase, Prediction>(fitted);
        var after = fresh.Model.CreatePredictionEngine<Purchase, Prediction>(loaded);

        foreach (var (user, item) in new[] { (0u, 0u), (89u, 47u), (90u, 3u), (3u, 48u) })
        {
            var row = new Purchase { User = user, Item = item };
            Assert.AreEqual(before.Predict(row).Score, after.Predict(row).Score);
        }
        Assert.IsTrue(float.IsNaN(after.Predict(new Purchase { User = 90, Item = 3 }).Score));
    }

    [TestMethod]
    public void Two_models_in_one_process_score_each_by_its_own()
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var (als, knn) = (Shop.Trainer(_ml, "ImplicitAls").Fit(data), Shop.Trainer(_ml, "ItemKnn").Fit(data));
        var fresh = new MLContext();
        var (loadedAls, loadedKnn) = (Again(als, data.Schema, fresh), Again(knn, data.Schema, fresh));

        CollectionAssert.AreEqual(Shop.Scores(als.Transform(data)), Shop.Scores(loadedAls.Transform(data)));
        CollectionAssert.AreEqual(Shop.Scores(knn.Transform(data)), Shop.Scores(loadedKnn.Transform(data)));
    }

    [TestMethod]
    public void A_pipeline_without_a_recommender_or_with_two_is_told()
    {
        var data = _ml.Data.LoadFromEnumerable(Shop.Clusters());
        var copies = _ml.Transforms.CopyColumns("Again", "Label").Fit(data);
        var two = Shop.Trainer(_ml, "Ease").Append(Shop.Trainer(_ml, "ItemKnn")).Fit(data);
        foreach (var (pipeline, count) in new (ITransformer, int)[] { (copies, 0), (two, 2) })
        {
            var thrown = Assert.ThrowsExactly<ConfigurationException>(() => _ml.Recsys().RecommenderOf(pipeline));
            StringAssert.Contains(thrown.Message, $"holds {count} recommenders; expected one", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Text_that_is_no_model_is_refused()
    {
        string whole = RecommenderText.Write(Shop.Trainer(_ml, "Ease").Fit(_ml.Data.LoadFromEnumerable(Shop.Clusters())));
        StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(() => RecommenderText.Read("a model")).Message, "not Base64", StringComparison.Ordinal);
        var cut = Assert.ThrowsExactly<RunFailedException>(() => RecommenderText.Read(whole.AsSpan(0, whole.Length / 8 * 4)));
        StringAssert.Contains(cut.Message, "is corrupt", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_model_beyond_what_a_file_holds_says_where_to_keep_it()
    {
        RecommenderText.RequireRoom(RecommenderText.MaxTextBytes, "ease");
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => RecommenderText.RequireRoom(RecommenderText.MaxTextBytes + 1, "ease"));
        StringAssert.Contains(thrown.Message, "TrainedModels.Save", StringComparison.Ordinal);
        Assert.IsLessThan(0x3FFFFFDF, RecommenderText.MaxTextBytes / 3 * 4 + 4, "a string of .NET has at most 1,073,741,791 characters");
    }

    private ITransformer Again(ITransformer model, DataViewSchema schema, MLContext fresh)
    {
        using var file = new MemoryStream();
        _ml.Model.Save(model, schema, file);
        file.Position = 0;
        return fresh.Model.Load(file, out _);
    }

    private static void AssertEqual(TopRecommendations expected, TopRecommendations actual, int users)
    {
        Assert.AreEqual(users, actual.Users);
        Assert.AreEqual(expected.Users, actual.Users);
        Assert.IsGreaterThan(0, expected.ToDataView().GetRowCount()!.Value);
        for (int user = 0; user < users; user++)
        {
            CollectionAssert.AreEqual(expected.ItemsOf(user).ToArray(), actual.ItemsOf(user).ToArray(), $"user {user}");
            CollectionAssert.AreEqual(expected.ScoresOf(user).ToArray(), actual.ScoresOf(user).ToArray(), $"user {user}");
        }
    }
}
