using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Disliked;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train.Disliked;

/// <summary>What any algorithm must do that disliked items speak against.</summary>
internal abstract class DislikedConformance : TrainerConformance
{
    private static readonly DislikedOptions s_options = new() { Weight = 0.5 };

    protected override double FoldInTolerance => 1e-5;

    protected abstract ITrainer Algorithm { get; }

    protected override ITrainer Trainer => new WithTexts(Algorithm);

    [TestMethod]
    public override void The_catalog_knows_the_trainer_by_its_name() => Assert.AreEqual(
        DislikedTrainer.Name,
        TrainerCatalog.Serving(new TrainOptions { Algorithm = AlsTrainer.Name, Text = { Use = TextUse.Off }, Disliked = s_options }).Algorithm);

    [TestMethod]
    public void Scores_are_those_of_the_history_less_those_of_the_disliked()
    {
        var matrix = PlantedClusters.Make();
        var model = (DislikedModel)Train(matrix);
        // Users 2 and 5 sent something back, the last user too.
        int last = matrix.Users - 1;
        var disliked = SparseRows.FromTriplets(matrix.Users, matrix.Items, [2, 5, 5, last], [4, 1, 9, 0], [1, 1, 1, 1]);
        var known = matrix.With(matrix.ByUser, matrix.LastSeen, disliked);

        float[] found = Scores(model, known);

        float[] wanted = Scores(model.Model, known);
        float[] unwanted = Scores(model.Model, matrix.With(disliked, [2_000, 2_000, 2_000, 2_000]));
        for (int user = 0; user < matrix.Users; user++)
        {
            bool dislikes = disliked.RowLength(user) > 0;
            for (int item = 0; item < matrix.Items; item++)
            {
                int k = user * matrix.Items + item;
                Assert.AreEqual(wanted[k] - (dislikes ? 0.5f * unwanted[k] : 0), found[k], 1e-5f, $"user {user}, item {item}");
            }
        }
        Assert.IsTrue(Resembling(2, 4) < 0, "what resembles a disliked item falls");

        double Resembling(int user, int item) => Enumerable.Range(0, matrix.Items)
            .Where(i => PlantedClusters.ClusterOfItem(i) == PlantedClusters.ClusterOfItem(item))
            .Sum(i => (double)found[user * matrix.Items + i] - wanted[user * matrix.Items + i]);
    }

    /// <summary>Trains on what else is known of the items.</summary>
    private sealed class WithTexts(ITrainer algorithm) : ITrainer
    {
        public string Algorithm => DislikedTrainer.Name;

        public ITrainedModel Train(InteractionMatrix interactions, StageContext context) =>
            new DislikedTrainer(algorithm, s_options).Train(interactions, PlantedTexts.Of(interactions.Items), context);
    }
}

[TestClass]
internal sealed class DislikedByAlsConformanceTests : DislikedConformance
{
    protected override ITrainer Algorithm => new AlsTrainer(new AlsOptions { Rank = 24, Iterations = 20, UnobservedWeight = 0.1, Regularization = 0.02 });
}

[TestClass]
internal sealed class DislikedByEaseConformanceTests : DislikedConformance
{
    protected override ITrainer Algorithm => new EaseTrainer(new EaseOptions { Regularization = 5, HistoryDecay = 0.8 });
}

[TestClass]
internal sealed class DislikedByTextsConformanceTests : DislikedConformance
{
    protected override ITrainer Algorithm => new HybridTrainer(new EaseTrainer(new EaseOptions { Regularization = 5 }), new TextOptions());
}
