using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>
/// What every trainer is told that an ML.NET program uses: its columns, as <c>MatrixFactorizationTrainer.Options</c> names them, threads and seed.
/// </summary>
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

    /// <summary>These five alone, which later changes of the caller's do not reach.</summary>
    internal RecommenderOptions Copy() => new()
    {
        MatrixColumnIndexColumnName = MatrixColumnIndexColumnName,
        MatrixRowIndexColumnName = MatrixRowIndexColumnName,
        LabelColumnName = LabelColumnName,
        NumberOfThreads = NumberOfThreads,
        Seed = Seed,
    };

    /// <exception cref="ConfigurationException">The keys of the data count other users or items than the model.</exception>
    internal void RequireCounts(InteractionMatrix pairs, int users, int items)
    {
        if (pairs.Users != users || pairs.Items != items)
            throw new ConfigurationException(
                $"the keys of columns '{MatrixRowIndexColumnName}' and '{MatrixColumnIndexColumnName}' count {pairs.Users} users and {pairs.Items} items; "
                + $"expected those of the model, {users} and {items}: transform the data with the pipeline that the model was fitted in");
    }

    /// <exception cref="ConfigurationException">The keys of the data count other items than the model.</exception>
    internal void RequireItems(InteractionMatrix pairs, int items)
    {
        if (pairs.Items != items)
            throw new ConfigurationException(
                $"the keys of column '{MatrixColumnIndexColumnName}' count {pairs.Items} items; expected those of the model, {items}: "
                + "transform the histories with the item mapping that the model was fitted with");
    }

    internal void Require(IStageOptions options)
    {
        var check = new OptionsCheck(GetType().Name);
        RequireName(MatrixColumnIndexColumnName, "the name of the column with the items' keys", nameof(MatrixColumnIndexColumnName));
        RequireName(MatrixRowIndexColumnName, "the name of the column with the users' keys", nameof(MatrixRowIndexColumnName));
        RequireName(LabelColumnName, "the name of the label column", nameof(LabelColumnName));
        check.Require(NumberOfThreads >= 0, NumberOfThreads, "a number of threads, or 0 for all", nameof(NumberOfThreads));
        options.Validate(check);
        check.ThrowIfAny();

        void RequireName(string name, string expected, string key) => check.Require(name.Length > 0, name, expected, key);
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
