using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

public abstract class HybridConformance : TrainerConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected abstract ITrainer Interactions { get; }

    protected override ITrainer Trainer => new WithTexts(new HybridTrainer(Interactions, new TextOptions { HistoryDecay = 0.8 }));

    [TestMethod]
    public override void The_catalog_knows_the_trainer_by_its_name() => Assert.AreEqual(Trainer.Algorithm, TrainerCatalog.Serving(new TrainOptions()).Algorithm);

    [TestMethod]
    public void Scores_are_the_sum_of_the_algorithms_and_the_texts()
    {
        var matrix = PlantedClusters.Make();
        var model = (HybridModel)Train(matrix);
        var sum = Scores(model, matrix);
        var interactions = Scores(model.Interactions, matrix);
        var text = Scores(model.Text, matrix);
        for (int k = 0; k < sum.Length; k++) Assert.AreEqual(interactions[k] + text[k], sum[k], 1e-4f, $"score {k}");
    }
}

[TestClass]
public class HybridOverEaseConformanceTests : HybridConformance
{
    protected override ITrainer Interactions => new EaseTrainer(new EaseOptions { Regularization = 5 });
}

[TestClass]
public class HybridOverAlsConformanceTests : HybridConformance
{
    protected override double FoldInTolerance => 0.02;

    protected override ITrainer Interactions => new AlsTrainer(new AlsOptions { Rank = 24, Iterations = 20, UnobservedWeight = 0.1, Regularization = 0.02 });
}

[TestClass]
public class HybridOverEnsembleConformanceTests : HybridConformance
{
    protected override ITrainer Interactions => new EnsembleTrainer(new EnsembleOptions
    {
        Normalize = false,
        Members =
        {
            ["ease"] = new() { Algorithm = EaseTrainer.Name, Ease = new EaseOptions { Regularization = 5 } },
            ["graph"] = new() { Algorithm = GraphFilterTrainer.Name, Weight = 3 },
        },
    });
}

[TestClass]
public class TfIdfProfileConformanceTests : TrainerConformance
{
    protected override ITrainer Trainer => new WithTexts(new TfIdfProfileTrainer());
}
