using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Tests.Train.Trend;

/// <summary>What any algorithm under a trend must do.</summary>
internal abstract class TrendConformance : TrainerConformance
{
    private static readonly TrendOptions s_trend = new() { HalfLifeDays = 0.00005, Exponent = 0.5 };

    protected override double FoldInTolerance => 1e-5;

    protected abstract ITrainer Algorithm { get; }

    protected override ITrainer Trainer => new WithMoments(Algorithm, s_trend);

    [TestMethod]
    public override void The_catalog_knows_the_trainer_by_its_name() => Assert.AreEqual(
        TrendTrainer.Name,
        TrainerCatalog.Serving(new TrainOptions { Algorithm = AlsTrainer.Name, Text = { Use = TextUse.Off }, Trend = s_trend }).Algorithm);

    [TestMethod]
    public void Scores_are_the_algorithms_times_the_trend()
    {
        var matrix = PlantedClusters.Make();
        var model = (TrendModel)Train(matrix);
        var product = Scores(model, matrix);
        var scores = Scores(model.Model, matrix);
        Assert.IsTrue(model.Factors.ToArray().Distinct().Count() > 3, "the trend tells items apart");
        for (int k = 0; k < product.Length; k++) Assert.AreEqual(model.Factors[k % matrix.Items] * scores[k], product[k], 1e-5f, $"score {k}");
    }

    /// <summary>Trains on the same pairs a day after 2001: the planted ones are a place in an order.</summary>
    private sealed class WithMoments(ITrainer algorithm, TrendOptions options) : ITrainer
    {
        public string Algorithm => TrendTrainer.Name;

        public ITrainedModel Train(InteractionMatrix interactions, StageContext context) => new TrendTrainer(algorithm, options).Train(
            interactions.With(interactions.ByUser, Array.ConvertAll(interactions.LastSeen!, s => s + 1_000_000_000)),
            PlantedTexts.Of(interactions.Items),
            context);
    }
}

[TestClass]
internal sealed class TrendOverAlsConformanceTests : TrendConformance
{
    protected override ITrainer Algorithm => new AlsTrainer(new AlsOptions { Rank = 24, Iterations = 20, UnobservedWeight = 0.1, Regularization = 0.02 });
}

[TestClass]
internal sealed class TrendOverEaseConformanceTests : TrendConformance
{
    protected override ITrainer Algorithm => new EaseTrainer(new EaseOptions { Regularization = 5 });
}

[TestClass]
internal sealed class TrendOverTextsConformanceTests : TrendConformance
{
    protected override ITrainer Algorithm => new HybridTrainer(new EaseTrainer(new EaseOptions { Regularization = 5 }), new TextOptions());
}

[TestClass]
internal sealed class TrendOverFactorsAndTextsConformanceTests : TrendConformance
{
    protected override ITrainer Algorithm => new HybridTrainer(
        new AlsTrainer(new AlsOptions { Rank = 24, Iterations = 20, UnobservedWeight = 0.1, Regularization = 0.02 }), new TextOptions());
}
