using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>What every trainer must do. A new trainer gets a class that derives from this one.</summary>
internal abstract class TrainerConformance
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-train-").FullName;

    protected abstract ITrainer Trainer { get; }

    /// <summary>Whether the lists of two users differ by what they like.</summary>
    protected virtual bool Personal => true;

    /// <summary>How far the score of a folded-in user may be from that of the trained one, as a share of the largest score.</summary>
    protected virtual double FoldInTolerance => 0;

    /// <summary>Whether the values of pairs count without being stated in the configuration too.</summary>
    protected virtual bool AlwaysCountsValues => false;

    /// <summary>Whether the values of pairs count where the configuration states weights of events.</summary>
    protected virtual bool CountsStatedWeights => true;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Planted_clusters_are_found()
    {
        var matrix = PlantedClusters.Make();
        var scores = Scores(Train(matrix), matrix);
        int right = 0;
        for (int user = 0; user < matrix.Users; user++)
        {
            var best = Enumerable.Range(0, matrix.Items)
                .Where(i => matrix.ByUser.RowIndices(user).BinarySearch(i) < 0)
                .OrderByDescending(i => scores[user * matrix.Items + i]).Take(3);
            right += best.Count(i => PlantedClusters.ClusterOfItem(i) == PlantedClusters.ClusterOfUser(user));
        }
        double share = right / (3.0 * matrix.Users);
        if (Personal) Assert.IsTrue(share >= 0.99, $"{share:P1} of the recommendations come from the user's cluster");
        else Assert.IsTrue(share < 0.5, $"{share:P1} is more than the same list for all can have");
    }

    [TestMethod]
    public void Values_count_where_weights_are_stated()
    {
        var ones = PlantedClusters.Make();
        var stated = new InteractionMatrix(Varied(ones), ones.LastSeen, isWeighted: true);
        var unstated = new InteractionMatrix(stated.ByUser, ones.LastSeen);
        var model = Train(ones);
        var expected = Scores(model, ones);

        if (!AlwaysCountsValues)
        {
            CollectionAssert.AreEqual(expected, Scores(Train(unstated), unstated), "nobody stated weights");
            CollectionAssert.AreEqual(expected, Scores(model, unstated), "an event that changes no weight changes no list");
        }
        if (CountsStatedWeights) CollectionAssert.AreNotEqual(expected, Scores(Train(stated), stated), "weights were stated");
    }

    [TestMethod]
    public void One_thread_and_three_write_the_same_bytes()
    {
        // Large enough for several pieces of work in every trainer.
        var matrix = PlantedClusters.Make(usersEach: 250, itemsEach: 90);
        var one = SavedBytes(Trainer.Train(matrix, StageContext.Quiet(1, seed: 5)), "one");
        var three = SavedBytes(Trainer.Train(matrix, StageContext.Quiet(3, seed: 5)), "three");
        CollectionAssert.AreEqual(one, three);
    }

    [TestMethod]
    public void A_model_comes_back_from_its_artifact_bit_for_bit()
    {
        var matrix = PlantedClusters.Make();
        var model = Train(matrix);
        var bytes = SavedBytes(model, "first");
        var back = TrainedModels.Load(new ArtifactReader(Path.Combine(_folder, "first")));

        Assert.AreEqual(model.Algorithm, back.Algorithm);
        Assert.AreEqual(matrix.Items, back.Items);
        CollectionAssert.AreEqual(Scores(model, matrix), Scores(back, matrix));
        CollectionAssert.AreEqual(bytes, SavedBytes(back, "second"));
    }

    [TestMethod]
    public void Two_models_share_an_artifact()
    {
        string path = Path.Combine(_folder, "both");
        var matrix = PlantedClusters.Make();
        var other = PlantedClusters.Make(seed: 8);
        using (var writer = new ArtifactWriter(path))
        {
            TrainedModels.Save(Train(matrix), writer, "a");
            TrainedModels.Save(Train(other), writer, "b");
            writer.Complete();
        }
        var reader = new ArtifactReader(path);
        CollectionAssert.AreEqual(Scores(Train(matrix), matrix), Scores(TrainedModels.Load(reader, "a"), matrix));
        CollectionAssert.AreEqual(Scores(Train(other), other), Scores(TrainedModels.Load(reader, "b"), other));
    }

    [TestMethod]
    public void Degenerate_shapes_train_and_score_finite()
    {
        foreach (var matrix in new[]
        {
            PlantedClusters.Matrix(1, 1, (0, 0)),
            PlantedClusters.Matrix(1, 5, (0, 1), (0, 3)),
            PlantedClusters.Matrix(5, 1, (1, 0), (3, 0)),
            PlantedClusters.Matrix(4, 4, (1, 1), (1, 2), (3, 1)),
            PlantedClusters.Matrix(3, 3, (0, 0), (0, 0), (0, 0), (2, 1)),
        })
        {
            var scores = Scores(Train(matrix), matrix);
            Assert.IsTrue(scores.All(float.IsFinite), $"{matrix.Users} x {matrix.Items}");
        }
    }

    [TestMethod]
    public void A_user_without_history_gets_no_preference_of_its_own()
    {
        var matrix = PlantedClusters.Matrix(4, 3, (0, 0), (0, 1), (1, 1), (2, 2));
        var scores = Scores(Train(matrix), matrix);
        if (Personal) Assert.IsTrue(scores[9..].All(s => s == 0), string.Join(" ", scores[9..]));
        else CollectionAssert.AreEqual(scores[..3], scores[9..]);
    }

    [TestMethod]
    public void Folding_a_training_row_in_gives_nearly_the_trained_scores()
    {
        var matrix = PlantedClusters.Make();
        var model = Train(matrix);
        var trained = Scores(model, matrix);
        const int first = 40, count = 7;
        var rows = matrix.ByUser;
        int start = rows.Pointers[first], end = rows.Pointers[first + count];
        var part = PlantedClusters.Timed(new SparseRows(
            count, rows.Columns, [.. rows.Pointers[first..(first + count + 1)].Select(p => p - start)], rows.Indices[start..end], rows.Values[start..end]));

        var folded = Scores(model, part);

        double largest = trained.Max(Math.Abs);
        for (int k = 0; k < folded.Length; k++)
            Assert.AreEqual(trained[first * matrix.Items + k], folded[k], FoldInTolerance * largest, $"score {k}");
    }

    [TestMethod]
    public void Panels_and_blocks_in_any_cut_give_the_same_scores()
    {
        var matrix = PlantedClusters.Make();
        var scorer = Train(matrix).ScorerFor(matrix, StageContext.Quiet(2));
        var whole = Scores(scorer);
        Assert.AreEqual(matrix.Users, scorer.Users);
        Assert.AreEqual(matrix.Items, scorer.Items);
        Assert.IsTrue(scorer.PreferredPanel >= 1);
        int[] users = [5, 0, 71, 5];
        for (int first = 0; first < matrix.Items; first += 7)
        {
            int count = Math.Min(7, matrix.Items - first);
            var panel = new float[users.Length * 9];
            Array.Fill(panel, -99f);
            scorer.Score(users, first, count, panel, 9);
            for (int u = 0; u < users.Length; u++)
                for (int i = 0; i < 9 && u * 9 + i < panel.Length; i++)
                    if (i < count) Assert.AreEqual(whole[users[u] * matrix.Items + first + i], panel[u * 9 + i], 1e-6f);
                    else Assert.AreEqual(-99f, panel[u * 9 + i], "written beyond the panel");
        }
    }

    [TestMethod]
    public void Contributions_of_a_history_add_up_to_its_score()
    {
        var matrix = PlantedClusters.Make();
        var context = StageContext.Quiet(2);
        // Rows that the model was not trained on: a trained factor is one half-step older than its items.
        var part = PlantedClusters.Timed(SparseRows.FromTriplets(2, matrix.Items, [0, 0, 1], [0, 3, 7], [1f, 2f, 1f]));
        if (Train(matrix).ScorerFor(part, context) is not IContributionScorer scorer)
        {
            Assert.IsFalse(Personal, "a personal model must be able to say why");
            return;
        }
        var scores = Scores(scorer);
        var contributions = new float[3];
        for (int item = 0; item < matrix.Items; item++)
        {
            scorer.Contributions(0, item, [3, 0, 9], contributions);
            Assert.AreEqual(0f, contributions[2], "item 9 is not in the history");
            Assert.AreEqual(scores[item], contributions[0] + contributions[1], 1e-4, $"item {item}");
            scorer.Contributions(1, item, [7], contributions);
            Assert.AreEqual(scores[matrix.Items + item], contributions[0], 1e-4, $"item {item}");
        }
    }

    [TestMethod]
    public void A_history_over_another_catalog_is_refused()
    {
        var model = Train(PlantedClusters.Make());
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => model.ScorerFor(PlantedClusters.Matrix(1, 2, (0, 0)), StageContext.Quiet(1)));
        StringAssert.Contains(thrown.Message, "2", StringComparison.Ordinal);
    }

    [TestMethod]
    public virtual void The_catalog_knows_the_trainer_by_its_name()
    {
        var made = TrainerCatalog.Create(Trainer.Algorithm, new TrainOptions());
        Assert.AreEqual(Trainer.Algorithm, made.Algorithm);
    }

    [TestMethod]
    public void A_cancelled_training_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => Trainer.Train(PlantedClusters.Make(), StageContext.Quiet(1, cancellation: source.Token)));
    }

    protected ITrainedModel Train(InteractionMatrix matrix) => Trainer.Train(matrix, StageContext.Quiet(2, seed: 5));

    protected static float[] Scores(ITrainedModel model, InteractionMatrix history) => Scores(model.ScorerFor(history, StageContext.Quiet(2)));

    protected static float[] Scores(IBlockScorer scorer)
    {
        var scores = new float[scorer.Users * scorer.Items];
        scorer.Score([.. Enumerable.Range(0, scorer.Users)], 0, scorer.Items, scores, scorer.Items);
        return scores;
    }

    private byte[] SavedBytes(ITrainedModel model, string file)
    {
        string path = Path.Combine(_folder, file);
        using (var writer = new ArtifactWriter(path))
        {
            TrainedModels.Save(model, writer);
            writer.Complete();
        }
        return File.ReadAllBytes(path);
    }

    private static SparseRows Varied(InteractionMatrix of)
    {
        var rows = of.ByUser;
        var values = new float[rows.Count];
        for (int k = 0; k < values.Length; k++) values[k] = 0.25f + k % 5;
        return new SparseRows(rows.Rows, rows.Columns, rows.Pointers, rows.Indices, values);
    }
}
