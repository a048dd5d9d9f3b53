using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Hybrid;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>What an algorithm with texts added must do.</summary>
internal abstract class HybridConformance : TrainerConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected abstract ITrainer Interactions { get; }

    protected override ITrainer Trainer => new WithTexts(new HybridTrainer(Interactions, new TextOptions { HistoryDecay = 0.8 }));

    [TestMethod]
    public override void The_catalog_knows_the_trainer_by_its_name() =>
        Assert.AreEqual(Trainer.Algorithm, TrainerCatalog.Serving(new TrainOptions { Algorithm = AlsTrainer.Name }).Algorithm);

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
