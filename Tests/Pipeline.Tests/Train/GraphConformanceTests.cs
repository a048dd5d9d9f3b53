using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class GraphFilterConformanceTests : TrainerConformance
{
    protected override bool AlwaysCountsValues => true;

    protected override ITrainer Trainer => new GraphFilterTrainer(new GraphFilterOptions { UseWeights = true });
}

[TestClass]
internal sealed class CutGraphFilterConformanceTests : TrainerConformance
{
    protected override ITrainer Trainer => new GraphFilterTrainer(new GraphFilterOptions { Power = 0.7, Neighbors = 5 });
}

[TestClass]
internal sealed class RidgeSpectralConformanceTests : TrainerConformance
{
    // Sums of a block of other rows come in another order.
    protected override double FoldInTolerance => 1e-5;

    protected override ITrainer Trainer => new SpectralTrainer(new SpectralOptions { Rank = 20, Ridge = 0.1 });
}

[TestClass]
internal sealed class IdealSpectralConformanceTests : TrainerConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected override ITrainer Trainer =>
        new SpectralTrainer(new SpectralOptions { Rank = 3, Filter = SpectralFilter.Ideal, HistoryExponent = 0, Iterations = 8 });
}

[TestClass]
internal sealed class SequenceConformanceTests : TrainerConformance
{
    protected override ITrainer Trainer => new SequenceTrainer(new SequenceOptions());
}

[TestClass]
internal sealed class GfCfConformanceTests : TrainerConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected override ITrainer Trainer => GfCf.Trainer(new GfCfOptions { Rank = 6 });
}

[TestClass]
internal sealed class FactorEnsembleConformanceTests : TrainerConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected override ITrainer Trainer => new EnsembleTrainer(new EnsembleOptions
    {
        Members =
        {
            ["narrow"] = new MemberOptions
            {
                Algorithm = "spectral",
                Weight = 0.5,
                LengthExponent = 0.7,
                Spectral = { Rank = 4, Filter = SpectralFilter.Ideal },
            },
            ["wide"] = new MemberOptions { Algorithm = "spectral", Spectral = { Rank = 16 } },
        },
    });
}

[TestClass]
internal sealed class MixedEnsembleConformanceTests : TrainerConformance
{
    protected override double FoldInTolerance => 1e-5;

    protected override ITrainer Trainer => new EnsembleTrainer(new EnsembleOptions
    {
        ScaleUsers = 20,
        ScaleTop = 5,
        Members =
        {
            ["als"] = new MemberOptions
            {
                Algorithm = AlsTrainer.Name,
                Weight = 0.3,
                LengthExponent = 0.5,
                Als = { Rank = 16, Iterations = 20, Regularization = 0.02, Solver = AlsSolverKind.Cholesky },
            },
            ["ease"] = new MemberOptions { Algorithm = EaseTrainer.Name, Ease = { Regularization = 5 } },
            ["graph"] = new MemberOptions { Algorithm = GraphFilterTrainer.Name, Weight = 0.9 },
            ["low"] = new MemberOptions { Algorithm = SpectralTrainer.Name, Weight = -0.05, Spectral = { Rank = 2 } },
        },
    });
}
