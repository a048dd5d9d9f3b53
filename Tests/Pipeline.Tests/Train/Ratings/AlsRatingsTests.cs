using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Ratings;

namespace Recsys.Batch.Pipeline.Tests.Train.Ratings;

/// <summary>What every trainer must do too, as far as ratings go: <see cref="TrainerConformance"/> knows pairs alone.</summary>
[TestClass]
internal sealed class AlsRatingsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-ratings-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow(0, 1.0)]
    [DataRow(3, 1.0)]
    [DataRow(5, 0.5)]
    public void Ratings_are_those_of_the_equations(int rank, double exponent)
    {
        var matrix = Made(25, 14, 7);
        var options = new AlsRatingsOptions { Rank = rank, RegularizationExponent = exponent, Iterations = 6, BiasRegularization = 2 };
        var model = Train(matrix, options);
        var one = (AlsRatingsModel)Train(matrix, Copy(options, iterations: 1));

        // From where the trainer stands after one iteration both walk the same way.
        var reference = new DenseAlsRatings(matrix.Ratings!.Rows, options, [.. Enumerable.Range(0, 14).Select(i => Start(one, i))]);
        var objectives = new List<double>();
        for (int iteration = 1; iteration < options.Iterations; iteration++)
        {
            reference.SolveUsers();
            reference.SolveItems();
            objectives.Add(reference.Objective());
        }
        reference.SolveUsers();

        float[] scores = Scores(model, matrix);
        for (int k = 0; k < scores.Length; k++) Assert.AreEqual(reference.Expected(k / 14, k % 14), scores[k], 2e-3, $"score {k}");
        double error = Math.Sqrt(Pairs(matrix).Average(p => Math.Pow(scores[p.User * 14 + p.Item] - p.Rating, 2)));
        Assert.AreEqual(Math.Sqrt(Pairs(matrix).Average(p => Math.Pow(reference.Expected(p.User, p.Item) - p.Rating, 2))), error, 1e-4, "rmse");
        for (int k = 1; k < objectives.Count; k++) Assert.IsTrue(objectives[k] <= objectives[k - 1] + 1e-9, "each step makes the objective smaller");
    }

    [TestMethod]
    public void One_thread_and_three_write_the_same_bytes()
    {
        var matrix = Made(700, 90, 30);
        CollectionAssert.AreEqual(
            Bytes(new AlsRatingsTrainer(new()).Train(matrix, StageContext.Quiet(1, seed: 5)), "one"),
            Bytes(new AlsRatingsTrainer(new()).Train(matrix, StageContext.Quiet(3, seed: 5)), "three"));
    }

    [TestMethod]
    public void A_model_comes_back_from_its_artifact_bit_for_bit()
    {
        var matrix = Made(40, 20, 8);
        var model = Train(matrix, new());
        byte[] bytes = Bytes(model, "first");
        var back = TrainedModels.Load(new ArtifactReader(Path.Combine(_folder, "first")));

        CollectionAssert.AreEqual(Scores(model, matrix), Scores(back, matrix));
        CollectionAssert.AreEqual(bytes, Bytes(back, "second"));
    }

    [TestMethod]
    public void A_user_who_comes_later_is_scored_as_one_of_the_night()
    {
        var matrix = Made(40, 20, 8);
        var model = Train(matrix, new() { Rank = 4 });
        int[] later = [7, 3, 31];
        var part = new InteractionMatrix(
            SparseRows.FromTriplets(3, 20, [0], [1], [1f]), ratings: matrix.Ratings!.Take(later));

        float[] trained = Scores(model, matrix), folded = Scores(model, part);

        for (int u = 0; u < later.Length; u++)
            CollectionAssert.AreEqual(trained[(later[u] * 20)..((later[u] + 1) * 20)], folded[(u * 20)..((u + 1) * 20)], $"user {later[u]}");
    }

    [TestMethod]
    public void Contributions_add_up_to_the_rating_beyond_mean_and_item()
    {
        var matrix = Made(40, 20, 8);
        var model = (AlsRatingsModel)Train(matrix, new() { Rank = 4 });
        var scorer = (AlsRatingsScorer)model.ScorerFor(matrix, StageContext.Quiet(2));
        float[] scores = Scores(model, matrix);
        for (int user = 0; user < 3; user++)
        {
            int[] rated = matrix.Ratings!.Rows.RowIndices(user).ToArray();
            int other = Enumerable.Range(0, 20).First(i => !rated.Contains(i));
            var contributions = new float[rated.Length + 1];
            for (int item = 0; item < 20; item++)
            {
                scorer.Contributions(user, item, [.. rated, other], contributions);
                double beyond = scores[user * 20 + item] - model.Rule.Mean - model.Rule.Deviation * model.Factors.Items.Row(item)[^1];
                Assert.AreEqual(0f, contributions[^1], "an item that was not rated");
                Assert.AreEqual(beyond, contributions.Sum(), 1e-4, $"user {user}, item {item}");
            }
        }
    }

    [TestMethod]
    public void A_user_or_an_item_without_ratings_is_expected_to_be_as_usual()
    {
        var rated = Rated(3, 4, (0, 0, 5), (0, 1, 1), (1, 0, 4));
        var model = (AlsRatingsModel)Train(rated, new() { Rank = 2 });
        float[] scores = Scores(model, rated);

        Assert.AreEqual(10 / 3.0, model.Rule.Mean, 1e-9);
        Assert.AreEqual(model.Rule.Mean, scores[2 * 4 + 3], 1e-6, "neither");
        Assert.IsTrue(scores[2 * 4] > scores[2 * 4 + 3] && scores[2 * 4 + 1] < scores[2 * 4 + 3], "a new user, and items that are liked and not");
    }

    [TestMethod]
    public void Degenerate_shapes_train_and_score_finite()
    {
        foreach (var matrix in new[] { Rated(1, 1, (0, 0, 3)), Rated(2, 2, (0, 0, 2), (1, 0, 2)), Rated(5, 2, (3, 1, -4), (4, 1, 1e4f)) })
            Assert.IsTrue(Scores(Train(matrix, new()), matrix).All(float.IsFinite), $"{matrix.Users} x {matrix.Items}");
    }

    [TestMethod]
    public void Interactions_without_ratings_are_refused_with_what_to_set()
    {
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Train(PlantedClusters.Make(), new()));
        StringAssert.Contains(thrown.Message, "Ingest:Ratings=Values", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_cancelled_training_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(
            () => new AlsRatingsTrainer(new()).Train(Made(5, 4, 2), StageContext.Quiet(1, cancellation: source.Token)));
    }

    /// <summary>Ratings of 1 to 5 in halves, of low rank but for noise.</summary>
    internal static InteractionMatrix Made(int users, int items, int each, ulong seed = 3)
    {
        var random = new SplitMix64(seed, "ratings");
        double[][] p = [.. Enumerable.Range(0, users + items).Select(_ => (double[])[random.NextNormal(), random.NextNormal()])];
        var pairs = new SortedDictionary<(int, int), float>();
        for (int user = 0; user < users; user++)
        {
            for (int k = 0; k < each; k++)
            {
                int item = random.NextInt(items);
                double stars = 3.3 + 0.5 * (p[user][0] * p[users + item][0] + p[user][1] * p[users + item][1]) + 0.3 * random.NextNormal();
                pairs[(user, item)] = (float)Math.Clamp(Math.Round(2 * stars) / 2, 1, 5);
            }
        }
        return Rated(users, items, [.. pairs.Select(r => (r.Key.Item1, r.Key.Item2, r.Value))]);
    }

    private static InteractionMatrix Rated(int users, int items, params (int User, int Item, float Rating)[] ratings)
    {
        var rows = SparseRows.FromTriplets(
            users, items, Array.ConvertAll(ratings, r => r.User), Array.ConvertAll(ratings, r => r.Item), Array.ConvertAll(ratings, r => r.Rating));
        return new InteractionMatrix(PairSets.Ones(users, items, rows.Pointers, rows.Indices), ratings: new RatedPairs(rows, 4));
    }

    private static IEnumerable<(int User, int Item, float Rating)> Pairs(InteractionMatrix matrix)
    {
        var rows = matrix.Ratings!.Rows;
        for (int user = 0; user < rows.Rows; user++)
            for (int k = rows.Pointers[user]; k < rows.Pointers[user + 1]; k++) yield return (user, rows.Indices[k], rows.Values[k]);
    }

    private static double[] Start(AlsRatingsModel model, int item)
    {
        float[] row = model.Factors.Items.Row(item).ToArray();
        return [.. row[..^2].Select(x => (double)x), row[^1]];
    }

    private static AlsRatingsOptions Copy(AlsRatingsOptions of, int iterations) => new()
    {
        Rank = of.Rank,
        Iterations = iterations,
        Regularization = of.Regularization,
        RegularizationExponent = of.RegularizationExponent,
        BiasRegularization = of.BiasRegularization,
    };

    private static ITrainedModel Train(InteractionMatrix matrix, AlsRatingsOptions options) =>
        new AlsRatingsTrainer(options).Train(matrix, StageContext.Quiet(2, seed: 5));

    private static float[] Scores(ITrainedModel model, InteractionMatrix history)
    {
        var scorer = model.ScorerFor(history, StageContext.Quiet(2));
        var scores = new float[scorer.Users * scorer.Items];
        scorer.Score([.. Enumerable.Range(0, scorer.Users)], 0, scorer.Items, scores, scorer.Items);
        return scores;
    }

    private byte[] Bytes(ITrainedModel model, string file)
    {
        string path = Path.Combine(_folder, file);
        using (var writer = new ArtifactWriter(path))
        {
            TrainedModels.Save(model, writer);
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }
}
