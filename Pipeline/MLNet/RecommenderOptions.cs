using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.MLNet;

/// <summary>What every trainer is told that an ML.NET program uses: its columns, as <c>MatrixFactorizationTrainer.Options</c> names them, threads and seed.</summary>
public class RecommenderOptions
{
    /// <summary>The items: a key column of a known count (<see cref="uint"/>).</summary>
    public string MatrixColumnIndexColumnName { get; set; } = "";

    /// <summary>The users: a key column of a known count (<see cref="uint"/>).</summary>
    public string MatrixRowIndexColumnName { get; set; } = "";

    /// <summary>How much the user took of the item: <see cref="float"/>, positive; 0 is no interaction.</summary>
    public string LabelColumnName { get; set; } = "Label";

    /// <summary>Threads, 0 for all; what is learnt does not depend on it.</summary>
    public int NumberOfThreads { get; set; }

    public ulong Seed { get; set; } = 42;

    internal StageContext Context() => StageContext.Quiet(NumberOfThreads, Seed);

    internal void Require(IStageOptions options)
    {
        var check = new OptionsCheck(GetType().Name);
        check.Require(MatrixColumnIndexColumnName.Length > 0, MatrixColumnIndexColumnName, "the name of the column with the items' keys", nameof(MatrixColumnIndexColumnName))
            .Require(MatrixRowIndexColumnName.Length > 0, MatrixRowIndexColumnName, "the name of the column with the users' keys", nameof(MatrixRowIndexColumnName))
            .Require(LabelColumnName.Length > 0, LabelColumnName, "the name of the label column", nameof(LabelColumnName))
            .Require(NumberOfThreads >= 0, NumberOfThreads, "a number of threads, or 0 for all", nameof(NumberOfThreads));
        options.Validate(check);
        check.ThrowIfAny();
    }
}

/// <summary>Options of <c>ImplicitAls</c>.</summary>
public sealed class ImplicitAlsOptions : RecommenderOptions
{
    /// <summary>Rank, iterations, regularization, weight of the unobserved, solver.</summary>
    public AlsOptions Als { get; set; } = new() { Rank = 64 };
}

/// <summary>Options of <c>Ease</c>.</summary>
public sealed class EaseRecommenderOptions : RecommenderOptions
{
    public EaseOptions Ease { get; set; } = new();
}

/// <summary>Options of <c>ItemKnn</c>.</summary>
public sealed class ItemKnnRecommenderOptions : RecommenderOptions
{
    public ItemKnnOptions ItemKnn { get; set; } = new();
}
