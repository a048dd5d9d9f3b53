using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class SpectralStartTests
{
    [TestMethod]
    public void Items_that_the_same_users_have_start_beside_each_other()
    {
        var matrix = PlantedClusters.Make();
        var items = Start(matrix, rank: 3);
        for (int a = 0; a < items.Rows; a++)
        {
            var likeness = Enumerable.Range(0, items.Rows).Where(b => b != a).ToLookup(
                b => PlantedClusters.ClusterOfItem(a) == PlantedClusters.ClusterOfItem(b),
                b => TensorPrimitives.CosineSimilarity(items.Row(a), items.Row(b)));
            Assert.IsTrue(likeness[true].Average() > likeness[false].Average() + 0.3, $"item {a}: {likeness[true].Average()}, {likeness[false].Average()}");
        }
    }

    [TestMethod]
    public void Two_iterations_lower_the_objective_further_than_four_from_random()
    {
        var matrix = PlantedClusters.Make();
        double spectral = After(matrix, AlsStart.Spectral, 2).Objective(), random = After(matrix, AlsStart.Random, 4).Objective();
        Assert.IsTrue(spectral < random, $"{spectral}, {random}");
    }

    [TestMethod]
    public void The_bits_do_not_depend_on_the_number_of_threads()
    {
        // Large enough that every product is more than one piece of work.
        var matrix = PlantedClusters.Make(usersEach: 1_500, itemsEach: 700);
        float[] one = Start(matrix, rank: 80, threads: 1).Values;
        foreach (int threads in new[] { 2, 5 }) CollectionAssert.AreEqual(one, Start(matrix, rank: 80, threads).Values, $"{threads} threads");
    }

    [TestMethod]
    public void The_mean_squared_norm_is_one_and_an_item_that_nobody_has_is_zero()
    {
        // Item 2 of 4 has no user; more dimensions than items.
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(3, 4, [0, 0, 1, 2], [0, 1, 1, 3], [1, 2, 1, 3]));
        var items = Start(matrix, rank: 8);
        Assert.AreEqual(4, items.Values.Sum(x => (double)x * x), 1e-3);
        Assert.IsTrue(items.Row(2).ToArray().All(x => x == 0));
        Assert.IsTrue(items.Values.All(float.IsFinite));
    }

    [TestMethod]
    public void Without_interactions_everything_is_zero()
    {
        var matrix = new InteractionMatrix(SparseRows.FromTriplets(2, 3, [], [], []));
        Assert.IsTrue(Start(matrix, rank: 4).Values.All(x => x == 0));
    }

    [TestMethod]
    public void A_model_learns_the_clusters_from_it()
    {
        var matrix = PlantedClusters.Make();
        var model = (AlsModel)new AlsTrainer(new AlsOptions { Rank = 8, Iterations = 2, Start = AlsStart.Spectral }).Train(matrix, StageContext.Quiet(2));
        for (int item = 0; item < matrix.Items; item++)
            Assert.AreEqual(
                PlantedClusters.ClusterOfItem(item), PlantedClusters.ClusterOfItem(Nearest(model.ItemEmbeddings.Vectors, item)), $"the nearest of item {item}");
    }

    private static int Nearest(FactorMatrix items, int item) =>
        Enumerable.Range(0, items.Rows).Where(i => i != item).MaxBy(i => VectorMath.Dot(items.Row(item), items.Row(i)));

    private static FactorMatrix Start(InteractionMatrix matrix, int rank, int threads = 2) =>
        new AlsRun(matrix, Options(rank, AlsStart.Spectral), StageContext.Quiet(threads)).Items;

    private static AlsRun After(InteractionMatrix matrix, AlsStart start, int iterations)
    {
        var run = new AlsRun(matrix, Options(8, start), StageContext.Quiet(2));
        for (int i = 0; i < iterations; i++) run.Iterate();
        return run;
    }

    private static AlsOptions Options(int rank, AlsStart start) => new() { Rank = rank, Start = start, Confidence = ConfidenceKind.Linear };
}
