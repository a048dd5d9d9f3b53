using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

internal abstract class AlsConformance : TrainerConformance
{
    protected abstract AlsSolverKind Solver { get; }

    protected override ITrainer Trainer =>
        new AlsTrainer(new AlsOptions { Rank = 24, Iterations = 20, Solver = Solver, SubspaceBlock = 16, UnobservedWeight = 0.1, Regularization = 0.02 });
}

[TestClass]
internal sealed class CholeskyAlsConformanceTests : AlsConformance
{
    protected override AlsSolverKind Solver => AlsSolverKind.Cholesky;
}

[TestClass]
internal sealed class ConjugateGradientAlsConformanceTests : AlsConformance
{
    protected override AlsSolverKind Solver => AlsSolverKind.ConjugateGradient;
}

[TestClass]
internal sealed class SubspaceAlsConformanceTests : AlsConformance
{
    protected override AlsSolverKind Solver => AlsSolverKind.Subspace;
}

[TestClass]
internal sealed class EaseConformanceTests : TrainerConformance
{
    protected override bool AlwaysCountsValues => true;

    protected override ITrainer Trainer => new EaseTrainer(new EaseOptions { Regularization = 5, Weighted = true });
}

[TestClass]
internal sealed class CosineKnnConformanceTests : TrainerConformance
{
    protected override bool AlwaysCountsValues => true;

    protected override ITrainer Trainer => new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 10 });
}

[TestClass]
internal sealed class TfIdfKnnConformanceTests : TrainerConformance
{
    protected override bool AlwaysCountsValues => true;

    protected override ITrainer Trainer => new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 10, Weighting = ItemKnnWeighting.TfIdf, Shrinkage = 1 });
}

[TestClass]
internal sealed class Bm25KnnConformanceTests : TrainerConformance
{
    protected override bool AlwaysCountsValues => true;

    protected override ITrainer Trainer => new ItemKnnTrainer(new ItemKnnOptions { Neighbors = 10, Weighting = ItemKnnWeighting.Bm25 });
}

[TestClass]
internal sealed class PopularityConformanceTests : TrainerConformance
{
    protected override bool Personal => false;

    protected override ITrainer Trainer => new PopularityTrainer(new PopularityOptions());
}
