using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Recommender.Train;

namespace Recsys.Batch.Recommender.Tests.Train;

[TestClass]
internal class MLNetTrainerTests
{
    /// <summary>One cell at each corner, so that a key shifted by one, either way, puts a 1 where a 0 belongs or loses it.</summary>
    private static readonly (int User, int Item)[] s_corners = [(0, 0), (0, 5), (4, 0), (4, 5), (2, 2)];

    [TestMethod]
    public void One_class_knows_the_first_and_the_last_user_and_item()
    {
        var matrix = PlantedClusters.Matrix(5, 6, s_corners);
        var model = OneClass(matrix, new OneClassOptions { Rank = 4, Iterations = 60, Lambda = 0.01, Alpha = 0.5 });
        AssertCells(model, matrix, 0.05);
    }

    [TestMethod]
    public void Square_knows_the_first_and_the_last_user_and_item()
    {
        var matrix = PlantedClusters.Matrix(5, 6, s_corners);
        // Every pair of a user without interaction is drawn.
        var model = Square(matrix, new SquareOptions { Rank = 8, Iterations = 400, Lambda = 0.001, Negatives = 100 });
        AssertCells(model, matrix, 0.05);
    }

    [TestMethod]
    public void Ratings_come_back_as_they_were()
    {
        // A rank-one table of ratings, all of it observed: r = a_u b_i.
        float[] users = [1, 2, 3], items = [1, 0.5f, 1.5f, 2];
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(
            3, 4,
            [.. Enumerable.Range(0, 12).Select(k => k / 4)],
            [.. Enumerable.Range(0, 12).Select(k => k % 4)],
            [.. Enumerable.Range(0, 12).Select(k => users[k / 4] * items[k % 4])]));
        var model = Square(matrix, new SquareOptions { Rank = 2, Iterations = 400, Lambda = 1e-4, Negatives = 0, Label = LabelKind.Linear });
        for (int u = 0; u < 3; u++)
            for (int i = 0; i < 4; i++)
                Assert.AreEqual(users[u] * items[i], Score(model, u, i), 0.05, $"user {u}, item {i}");
    }

    [TestMethod]
    public void Users_and_items_never_seen_have_no_factors_and_the_night_goes_on()
    {
        var matrix = PlantedClusters.Matrix(6, 7, (1, 1), (1, 2), (2, 1), (4, 5));
        foreach (var model in new[] { OneClass(matrix, new OneClassOptions { Rank = 3, C = 0.1 }), Square(matrix, new SquareOptions { Rank = 3 }) })
        {
            foreach (int user in new[] { 0, 3, 5 }) Assert.IsTrue(model.Factors.Users.Row(user).ToArray().All(x => x == 0), $"{model.Algorithm}: user {user}");
            foreach (int item in new[] { 0, 3, 4, 6 })
                Assert.IsTrue(model.Factors.Items.Row(item).ToArray().All(x => x == 0), $"{model.Algorithm}: item {item}");
            Assert.IsTrue(model.Factors.Users.IsFinite() && model.Factors.Items.IsFinite());
            Assert.IsTrue(model.Factors.Users.Row(4).ToArray().Any(x => x != 0));
        }
    }

    [TestMethod]
    public void Labels_that_are_all_equal_are_refused()
    {
        var options = new SquareOptions { Negatives = 0, Label = LabelKind.Linear };
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Square(PlantedClusters.Matrix(2, 3, (0, 0), (1, 2)), options));
        StringAssert.Contains(thrown.Message, "all 2 labels are 1", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "Negatives", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Factors_that_are_no_numbers_are_refused()
    {
        var options = new SquareOptions { Rank = 4, LearningRate = 1e30, Iterations = 5 };
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Square(PlantedClusters.Make(), options));
        StringAssert.Contains(thrown.Message, "no finite numbers", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "LearningRate", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_value_that_is_no_label_is_refused()
    {
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(1, 2, [0, 0], [0, 1], [1f, float.NaN]));
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => Square(matrix, new SquareOptions { Label = LabelKind.Log }));
        StringAssert.Contains(thrown.Message, "NaN", StringComparison.Ordinal);
    }

    [TestMethod]
    public void More_factors_than_the_library_can_count_are_refused_before_the_call()
    {
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(1, 3_000_000, [0], [0], [1f]));
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => OneClass(matrix, new OneClassOptions { Rank = 1024 }));
        StringAssert.Contains(thrown.Message, "3000000 items x 1024", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "lower Rank to at most 715", StringComparison.Ordinal);
    }

    [TestMethod]
    public void One_class_does_not_look_at_values()
    {
        var ones = PlantedClusters.Make();
        var rows = ones.ByUser;
        var others = new InteractionMatrix(new SparseRows(rows.Rows, rows.Columns, rows.Pointers, rows.Indices, [.. rows.Values.Select((v, k) => v + k % 5)]));
        CollectionAssert.AreEqual(
            OneClass(ones, new OneClassOptions { Rank = 6 }).Factors.Items.Values, OneClass(others, new OneClassOptions { Rank = 6 }).Factors.Items.Values);
    }

    [TestMethod]
    public void Rows_that_repeat_a_pair_are_merged_before_the_library_sees_them()
    {
        (int, int)[] pairs = [(0, 0), (0, 1), (1, 1), (2, 0), (2, 2)];
        var options = new OneClassOptions { Rank = 3, Iterations = 3 };
        var once = OneClass(PlantedClusters.Matrix(3, 3, pairs), options);
        var often = OneClass(PlantedClusters.Matrix(3, 3, [.. pairs, (0, 1), (0, 1), (2, 2)]), options);
        CollectionAssert.AreEqual(once.Factors.Users.Values, often.Factors.Users.Values);
    }

    [TestMethod]
    public void The_seed_moves_the_drawn_pairs_of_square_and_nothing_of_one_class()
    {
        var matrix = PlantedClusters.Make();
        var one = new MLNetOneClassTrainer(new OneClassOptions { Rank = 6 });
        var square = new MLNetSquareTrainer(new SquareOptions { Rank = 6, Iterations = 3 });
        float[] Items(Recsys.Batch.Pipeline.Train.ITrainer trainer, ulong seed) =>
            ((LibMfModel)trainer.Train(matrix, StageContext.Quiet(1, seed))).Factors.Items.Values;
        CollectionAssert.AreEqual(Items(one, 1), Items(one, 2));
        CollectionAssert.AreEqual(Items(square, 1), Items(square, 1));
        CollectionAssert.AreNotEqual(Items(square, 1), Items(square, 2));
    }

    [TestMethod]
    public async Task A_call_that_is_cancelled_does_not_wait_for_the_library()
    {
        using var source = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var call = Task.Run(() => NativeCall.Run(
            () =>
            {
                started.Set();
                release.Wait();
                return 1;
            },
            source.Token));
        started.Wait();
        await source.CancelAsync();
        await Assert.ThrowsExactlyAsync<OperationCanceledException>(() => call);
        release.Set();
    }

    private static LibMfModel OneClass(InteractionMatrix matrix, OneClassOptions options) =>
        (LibMfModel)new MLNetOneClassTrainer(options).Train(matrix, StageContext.Quiet(1));

    private static LibMfModel Square(InteractionMatrix matrix, SquareOptions options) =>
        (LibMfModel)new MLNetSquareTrainer(options).Train(matrix, StageContext.Quiet(1));

    private static double Score(LibMfModel model, int user, int item) =>
        Enumerable.Range(0, model.Factors.Rank).Sum(k => (double)model.Factors.Users.Row(user)[k] * model.Factors.Items.Row(item)[k]);

    private static void AssertCells(LibMfModel model, InteractionMatrix matrix, double within)
    {
        for (int user = 0; user < matrix.Users; user++)
        {
            for (int item = 0; item < matrix.Items; item++)
            {
                bool seen = matrix.ByUser.RowIndices(user).BinarySearch(item) >= 0;
                Assert.AreEqual(seen ? 1 : 0, Score(model, user, item), within, $"user {user}, item {item}");
            }
        }
    }
}
