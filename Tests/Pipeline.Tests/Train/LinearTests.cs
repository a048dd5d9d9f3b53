using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class LinearTests
{
    [TestMethod]
    public void Ease_equals_the_closed_form_in_double()
    {
        var matrix = PlantedClusters.Make();
        int n = matrix.Items;
        const double lambda = 3;
        var gram = new double[n * n];
        for (int u = 0; u < matrix.Users; u++)
            foreach (int i in matrix.ByUser.RowIndices(u))
                foreach (int j in matrix.ByUser.RowIndices(u))
                    gram[i * n + j]++;
        for (int i = 0; i < n; i++) gram[i * n + i] += lambda;
        var factor = DoubleCholesky.Factor(gram, n)!;
        var inverse = new double[n][];
        for (int i = 0; i < n; i++)
        {
            inverse[i] = new double[n];
            inverse[i][i] = 1;
            factor.Solve(inverse[i]);
        }

        using var model = (EaseModel)new EaseTrainer(new EaseOptions { Regularization = lambda }).Train(matrix, StageContext.Quiet(2));

        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                Assert.AreEqual(i == j ? 0 : -inverse[i][j] / inverse[j][j], model.Weights.Row(i)[j], 1e-5, $"[{i},{j}]");
    }

    [TestMethod]
    public void Ease_refuses_a_catalog_that_is_too_large_before_it_starts()
    {
        var large = new EaseTrainer(new EaseOptions { MaxItems = 10 });
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => large.Train(PlantedClusters.Make(), StageContext.Quiet(1)));
        StringAssert.Contains(thrown.Message, "Train:Ease:MaxItems is 10", StringComparison.Ordinal);

        const int items = 5_000_000;
        var huge = new EaseTrainer(new EaseOptions { MaxItems = int.MaxValue });
        var bought = PlantedClusters.Matrix(1, items, [.. Enumerable.Range(0, items).Select(item => (0, item))]);
        var refused = Assert.ThrowsExactly<RunFailedException>(() => huge.Train(bought, StageContext.Quiet(1)));
        StringAssert.Contains(refused.Message, "MiB", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Cosine_neighbours_equal_a_count_by_hand()
    {
        // Items 0 and 1 share two of (2, 3) users, 0 and 2 one of (2, 1).
        var matrix = PlantedClusters.Matrix(4, 3, (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 1));
        var model = (ItemKnnModel)new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 2 }).Train(matrix, StageContext.Quiet(1));
        CollectionAssert.AreEqual(new[] { 1, 2 }, model.Neighbors.RowIndices(0).ToArray());
        Assert.AreEqual(2 / Math.Sqrt(6), model.Neighbors.RowValues(0)[0], 1e-6);
        Assert.AreEqual(1 / Math.Sqrt(2), model.Neighbors.RowValues(0)[1], 1e-6);
    }

    [TestMethod]
    public void Only_the_nearest_neighbours_are_kept_and_ties_go_to_the_lower_item()
    {
        var matrix = PlantedClusters.Matrix(3, 5, (0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 4), (2, 0), (2, 4));
        var model = (ItemKnnModel)new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 2 }).Train(matrix, StageContext.Quiet(2));
        CollectionAssert.AreEqual(new[] { 1, 4 }, model.Neighbors.RowIndices(0).ToArray());
    }

    [TestMethod]
    public void Popularity_counts_users_and_forgets_old_pairs_when_told_to()
    {
        const uint day = 86_400;
        var rows = SparseRows.FromTriplets(3, 3, [0, 1, 2, 2], [0, 0, 1, 2], [1f, 5f, 1f, 1f]);
        var matrix = new InteractionMatrix(rows, [0, 10 * day, 20 * day, 20 * day]);
        var plain = (PopularityModel)new PopularityTrainer(new PopularityOptions()).Train(matrix, StageContext.Quiet(1));
        CollectionAssert.AreEqual(new[] { 1f, 0.5f, 0.5f }, plain.Scores.ToArray());
        var decayed = (PopularityModel)new PopularityTrainer(new PopularityOptions { HalfLifeDays = 10 }).Train(matrix, StageContext.Quiet(1));
        CollectionAssert.AreEqual(new[] { 0.75f, 1f, 1f }, decayed.Scores.ToArray());
        var weighted = (PopularityModel)new PopularityTrainer(new PopularityOptions { Weighted = true }).Train(matrix, StageContext.Quiet(1));
        CollectionAssert.AreEqual(new[] { 1f, 1 / 6f, 1 / 6f }, weighted.Scores.ToArray());
    }
}
