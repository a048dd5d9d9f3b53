using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class AlsTests
{
    public static IEnumerable<object[]> Levels => Enum.GetValues<SimdLevel>().Where(l => l <= Simd.Widest).Select(l => new object[] { l });

    public static IEnumerable<object[]> Solvers =>
        new[] { AlsSolverKind.Cholesky, AlsSolverKind.ConjugateGradient, AlsSolverKind.Subspace }.Select(s => new object[] { s });

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Exact_iterations_follow_a_dense_reference_in_double(SimdLevel level)
    {
        foreach (int rank in new[] { 5, 16, 33 })
        {
            var matrix = Weighted();
            var options = Options(rank, AlsSolverKind.Cholesky);
            var run = new AlsRun(level, matrix, options, StageContext.Quiet(2));
            var reference = new DenseAls(matrix, options, run.Users, run.Items);
            for (int iteration = 0; iteration < 3; iteration++)
            {
                run.Iterate();
                reference.Iterate();
                Assert.AreEqual(reference.Objective(), run.Objective(), 1e-4 * reference.Objective(), $"{level}, rank {rank}, iteration {iteration}");
            }
            for (int u = 0; u < matrix.Users; u++)
                for (int k = 0; k < rank; k++)
                    Assert.AreEqual(reference.Users[u][k], run.Users.Row(u)[k], 2e-3, $"{level}, rank {rank}, user {u}, dimension {k}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Many_conjugate_gradient_steps_and_a_whole_block_are_exact_solves(SimdLevel level)
    {
        var matrix = PlantedClusters.Make();
        var exact = After(level, matrix, Options(20, AlsSolverKind.Cholesky), 2);
        var gradient = Options(20, AlsSolverKind.ConjugateGradient);
        gradient.ConjugateGradientSteps = 60;
        var whole = Options(20, AlsSolverKind.Subspace);
        whole.SubspaceBlock = 32;
        foreach (var options in new[] { gradient, whole })
        {
            var run = After(level, matrix, options, 2);
            for (int i = 0; i < matrix.Items; i++)
                for (int k = 0; k < 20; k++)
                    Assert.AreEqual(exact.Items.Row(i)[k], run.Items.Row(i)[k], 2e-3, $"{options.Solver} item {i}, dimension {k}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Solvers))]
    public void The_objective_never_rises(AlsSolverKind solver)
    {
        var matrix = Weighted();
        var options = Options(40, solver);
        options.SubspaceBlock = 16;
        var run = new AlsRun(matrix, options, StageContext.Quiet(2));
        double last = run.Objective();
        for (int iteration = 0; iteration < 12; iteration++)
        {
            run.Iterate();
            double now = run.Objective();
            Assert.IsTrue(now <= last * (1 + 1e-6), $"iteration {iteration}: {last} to {now}");
            last = now;
        }
    }

    [TestMethod]
    public void Padding_stays_zero()
    {
        foreach (var solver in Enum.GetValues<AlsSolverKind>())
        {
            var run = After(PlantedClusters.Make(), Options(21, solver), 3);
            for (int i = 0; i < run.Items.Rows; i++)
                Assert.IsTrue(run.Items.PaddedRow(i)[21..].ToArray().All(x => x == 0), $"{solver}, item {i}");
        }
    }

    [TestMethod]
    public void Long_histories_are_solved_as_exactly_as_short_ones()
    {
        // One user with more pairs than a piece holds, and more than one chunk of gathered rows.
        var users = Enumerable.Range(0, 9000).Select(i => i < 8999 ? 0 : 1).ToArray();
        var items = Enumerable.Range(0, 9000).Select(i => i < 8999 ? i : 0).ToArray();
        var values = new float[9000];
        Array.Fill(values, 1f);
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(2, 9000, users, items, values));
        var exact = After(matrix, Options(8, AlsSolverKind.Cholesky), 1);
        var reference = Options(8, AlsSolverKind.ConjugateGradient);
        reference.ConjugateGradientSteps = 50;
        var gradient = After(matrix, reference, 1);
        for (int k = 0; k < 8; k++) Assert.AreEqual(exact.Users.Row(0)[k], gradient.Users.Row(0)[k], 1e-3 * Math.Abs(exact.Users.Row(0)[k]) + 1e-4);
    }

    [TestMethod]
    public void A_tolerance_ends_training_early_and_says_so()
    {
        var progress = new Recorded();
        var options = Options(8, AlsSolverKind.Cholesky);
        options.Iterations = 500;
        options.Tolerance = 1e-3;
        new AlsTrainer(options).Train(PlantedClusters.Make(), StageContext.Quiet(1) with { Progress = progress });
        Assert.IsTrue(progress.Iterations < 100, $"{progress.Iterations} iterations");
        StringAssert.Contains(progress.Notes.Single(), "stopped", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_tolerance_is_a_share_an_iteration_however_seldom_it_is_looked_at()
    {
        long Iterations(int every)
        {
            var progress = new Recorded();
            var options = Options(8, AlsSolverKind.Cholesky);
            (options.Iterations, options.Tolerance, options.ObjectiveEvery) = (500, 1e-3, every);
            new AlsTrainer(options).Train(PlantedClusters.Make(), StageContext.Quiet(1) with { Progress = progress });
            return progress.Iterations;
        }

        long[] ends = [Iterations(1), Iterations(4)];
        Assert.IsTrue(Math.Abs(ends[1] - ends[0]) <= 4, $"{ends[0]} and {ends[1]} iterations");
    }

    [TestMethod]
    public void A_value_that_is_no_confidence_names_its_pair()
    {
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, 0f, -1f })
        {
            var matrix = new InteractionMatrix(new SparseRows(2, 3, [0, 1, 2], [1, 2], [1f, bad]));
            var thrown = Assert.ThrowsExactly<RunFailedException>(() => new AlsTrainer(Options(4, AlsSolverKind.Auto)).Train(matrix, StageContext.Quiet(1)));
            StringAssert.Contains(thrown.Message, "user 1 and item 2", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Confidences_beyond_float32_end_in_a_clear_error()
    {
        var matrix = PlantedClusters.Make();
        foreach (var solver in new[] { AlsSolverKind.Cholesky, AlsSolverKind.ConjugateGradient, AlsSolverKind.Subspace })
        {
            var options = Options(8, solver);
            options.ConfidenceScale = 1e37;
            options.Regularization = 1e-30;
            options.InitScale = 1e10;
            var thrown = Assert.ThrowsExactly<RunFailedException>(() => new AlsTrainer(options).Train(matrix, StageContext.Quiet(1)), solver.ToString());
            StringAssert.Contains(thrown.Message, "Regularization", StringComparison.Ordinal);
        }
    }

    [TestMethod]
    public void Folding_in_above_the_exact_rank_reaches_the_same_scores()
    {
        var matrix = PlantedClusters.Make();
        var options = Options(272, AlsSolverKind.ConjugateGradient);
        options.ConjugateGradientSteps = 30;
        options.Iterations = 6;
        var model = (AlsModel)new AlsTrainer(options).Train(matrix, StageContext.Quiet(2));
        var folded = model.FoldIn(matrix.ByUser, StageContext.Quiet(2));
        var exact = new FactorMatrix(matrix.Users, 272);
        new AlsHalfStep(ConfidenceWeights.Of(matrix.ByUser, options), options).Solve(
            new CholeskySolver(), model.Factors.Items, AlsGram.Of(model.Factors.Items, options.UnobservedWeight, StageContext.Quiet(1)), exact,
            StageContext.Quiet(2));
        for (int item = 0; item < matrix.Items; item++)
            Assert.AreEqual(
                VectorMath.Dot(exact.Row(3), model.Factors.Items.Row(item)), VectorMath.Dot(folded.Row(3), model.Factors.Items.Row(item)), 1e-3,
                $"item {item}");
    }

    [TestMethod]
    public void Tiny_initial_factors_still_grow()
    {
        var options = Options(12, AlsSolverKind.ConjugateGradient);
        options.InitScale = 1e-6;
        options.Regularization = 1e-3;
        var matrix = PlantedClusters.Make();
        double ofNothing = matrix.Count;
        Assert.IsTrue(After(matrix, options, 20).Objective() < 0.8 * ofNothing, "the factors stayed where they began");
    }

    [TestMethod]
    public void New_items_are_folded_in_beside_those_of_like_users()
    {
        var matrix = PlantedClusters.Make();
        var model = (AlsModel)new AlsTrainer(Options(12, AlsSolverKind.Cholesky)).Train(matrix, StageContext.Quiet(1));
        // A new item that ten users of cluster 1 have.
        var lists = SparseRows.FromTriplets(1, matrix.Users, new int[10], [.. Enumerable.Range(0, 10).Select(u => 1 + 3 * u)], [.. Enumerable.Repeat(1f, 10)]);
        var factor = model.FoldInItems(lists, StageContext.Quiet(1)).Row(0).ToArray();
        var similarities = Enumerable.Range(0, matrix.Items).ToLookup(
            item => PlantedClusters.ClusterOfItem(item) == 1, item => VectorMath.Dot(factor, model.Factors.Items.Row(item)));
        Assert.IsTrue(similarities[true].Min() > similarities[false].Max(), $"own from {similarities[true].Min()}, others up to {similarities[false].Max()}");
    }

    private static AlsOptions Options(int rank, AlsSolverKind solver) =>
        new()
        {
            Rank = rank,
            Solver = solver,
            UnobservedWeight = 0.2,
            Regularization = 0.05,
            RegularizationExponent = 0.7,
            Confidence = ConfidenceKind.Linear,
            InitScale = 1,
        };

    private static AlsRun After(InteractionMatrix matrix, AlsOptions options, int iterations) => After(Simd.Widest, matrix, options, iterations);

    private static AlsRun After(SimdLevel level, InteractionMatrix matrix, AlsOptions options, int iterations)
    {
        var run = new AlsRun(level, matrix, options, StageContext.Quiet(2));
        for (int i = 0; i < iterations; i++) run.Iterate();
        return run;
    }

    private static InteractionMatrix Weighted()
    {
        var clusters = PlantedClusters.Make().ByUser;
        var values = Enumerable.Range(0, clusters.Count).Select(k => 0.5f + k % 4).ToArray();
        return new InteractionMatrix(new SparseRows(clusters.Rows, clusters.Columns, clusters.Pointers, clusters.Indices, values));
    }

    private sealed class Recorded : IStageProgress
    {
        public long Iterations { get; private set; }

        public List<string> Notes { get; } = [];

        public void Step(string step, long done, long total, string unit) => Iterations = done;

        public void Metric(string name, double value)
        {
        }

        public void Note(string message) => Notes.Add(message);
    }
}
