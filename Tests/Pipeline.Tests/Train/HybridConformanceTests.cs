using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class HybridOverEaseConformanceTests : HybridConformance
{
    protected override ITrainer Interactions => new EaseTrainer(new EaseOptions { Regularization = 5 });
}

[TestClass]
internal sealed class HybridOverAlsConformanceTests : HybridConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected override ITrainer Interactions => new AlsTrainer(new AlsOptions { Rank = 24, Iterations = 20, UnobservedWeight = 0.1, Regularization = 0.02 });
}

[TestClass]
internal sealed class HybridOverEnsembleConformanceTests : HybridConformance
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
internal sealed class TfIdfProfileConformanceTests : TrainerConformance
{
    protected override ITrainer Trainer => new WithTexts(new TfIdfProfileTrainer());
}
