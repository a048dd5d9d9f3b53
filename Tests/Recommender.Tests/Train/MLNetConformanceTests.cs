using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Recommender.Train;

namespace Recsys.Batch.Recommender.Tests.Train;

[TestClass]
internal class OneClassConformanceTests : TrainerConformance
{
    // The library ends each pass with the items, so its users are one step older.
    protected override double FoldInTolerance => 0.02;

    protected override ITrainer Trainer => new MLNetOneClassTrainer(new OneClassOptions { Rank = 12, Iterations = 40, Alpha = 0.1, Lambda = 0.5 });
}

[TestClass]
internal class SquareConformanceTests : TrainerConformance
{
    // Trained on drawn pairs, folded in on the expectation of the draw.
    protected override double FoldInTolerance => 0.2;

    protected override ITrainer Trainer => new MLNetSquareTrainer(new SquareOptions { Rank = 8, Iterations = 60, Lambda = 0.02, Negatives = 8 });
}

[TestClass]
internal class MLNetEnsembleConformanceTests : TrainerConformance
{
    protected override double FoldInTolerance => 0.02;

    protected override ITrainer Trainer => new EnsembleTrainer(new EnsembleOptions
    {
        Members =
        {
            ["one-class"] = new MemberOptions
            {
                Algorithm = LibMfAlgorithms.OneClass,
                Weight = 0.5,
                LengthExponent = 0.3,
                MLNetOneClass = { Rank = 12, Iterations = 40, Alpha = 0.1, Lambda = 0.5 },
            },
            ["low"] = new MemberOptions { Algorithm = "spectral", Weight = 0.2, Spectral = { Rank = 4 } },
        },
    });
}

[TestClass]
internal class HybridOverOneClassConformanceTests : HybridConformance
{
    protected override double FoldInTolerance => 0.02;

    protected override ITrainer Interactions => new MLNetOneClassTrainer(new OneClassOptions { Rank = 12, Iterations = 40, Alpha = 0.1, Lambda = 0.5 });
}
