using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class TextFactorsTests
{
    private const int Rank = 9;

    [TestMethod]
    public void Items_of_two_kinds_are_scored_by_products_half_as_long()
    {
        var history = PlantedClusters.Make();
        double[] company = [.. Enumerable.Range(0, history.Items).Select(i => i % 5 == 0 ? 0.5 : 2.0)];
        double[] likeness = [.. Enumerable.Range(0, history.Items).Select(i => i % 5 == 0 ? 0.25 : 3.0)];
        var half = Model(history.Items, company, likeness);
        // A third pair of values, of an item that is left out of the comparison.
        company[1] = 7;
        var wide = Model(history.Items, company, likeness);

        Assert.AreEqual((Rank, 2 * Rank), (half.Outward.Rank, wide.Outward.Rank));
        var (a, b) = (Scores(half, history), Scores(wide, history));
        for (int at = 0; at < a.Length; at++)
            if (at % history.Items != 1) Assert.AreEqual(b[at], a[at], 1e-4f, $"score {at}");
    }

    [TestMethod]
    public void A_saved_model_of_two_kinds_scores_as_before()
    {
        var history = PlantedClusters.Make();
        double[] values = [.. Enumerable.Range(0, history.Items).Select(i => i % 5 == 0 ? 0.5 : 2.0)];
        var model = Model(history.Items, values, values);
        string folder = Directory.CreateTempSubdirectory("recsys-text-").FullName;
        string path = Path.Combine(folder, "text.bin");
        using (var to = new ArtifactWriter(path))
        {
            TrainedModels.Save(model, to);
            to.Complete();
        }

        CollectionAssert.AreEqual(Scores(model, history), Scores(TrainedModels.Load(new ArtifactReader(path)), history));

        Directory.Delete(folder, recursive: true);
    }

    private static SpectralModel Model(int items, double[] company, double[] likeness)
    {
        var random = new Random(3);
        return TextFactors.Of(Matrix(random, items, 2 * Rank), Matrix(random, items, Rank), company, likeness, new HistoryWeighting(false, 1));
    }

    private static FactorMatrix Matrix(Random random, int rows, int rank)
    {
        var matrix = new FactorMatrix(rows, rank);
        for (int row = 0; row < rows; row++)
            foreach (ref float x in matrix.Row(row)) x = random.NextSingle() - 0.4f;
        return matrix;
    }

    private static float[] Scores(ITrainedModel model, InteractionMatrix history)
    {
        var scores = new float[history.Users * history.Items];
        model.ScorerFor(history, StageContext.Quiet(2)).Score([.. Enumerable.Range(0, history.Users)], 0, history.Items, scores, history.Items);
        return scores;
    }
}
