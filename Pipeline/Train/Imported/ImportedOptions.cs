using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.Imported;

/// <summary>Section <c>Train:Imported</c>, for <c>Train:Algorithm=imported</c>: factors that something else trained (Spark's ALS, say), as Parquet.</summary>
internal sealed class ImportedOptions : ITrainerOptions
{
    /// <summary>Factors of users, one row a user: a Parquet file, a folder or a glob.</summary>
    public string UserFactors { get; set; } = "";

    /// <summary>Factors of items, one row an item, as wide as the users'.</summary>
    public string ItemFactors { get; set; } = "";

    /// <summary>Column of user ids, as the logs write them: text or whole numbers.</summary>
    public string UserColumn { get; set; } = "id";

    /// <summary>Column of item ids, as the logs write them: text or whole numbers.</summary>
    public string ItemColumn { get; set; } = "id";

    /// <summary>Column with a list of numbers a row, of both tables; <see cref="FactorsColumns"/> take its place where they are named.</summary>
    public string FactorsColumn { get; set; } = "features";

    /// <summary>Columns with one number each that are the factors together, in this order.</summary>
    public IList<string> FactorsColumns { get; set; } = [];

    /// <summary>
    /// Factors that were trained on what lies before the hold-out's cut alone. Without them the model cannot be measured: the others have seen the purchases
    /// they would be asked to predict.
    /// </summary>
    public ImportedHoldOutOptions HoldOut { get; set; } = new();

    /// <summary>Whether lists are published from a model that nothing has measured; false lets the model gate refuse.</summary>
    public bool PublishUnevaluated { get; set; }

    /// <summary>Share of the users with history, and of the items with history, that must have factors: 0 to 1.</summary>
    public double MinMatched { get; set; } = 0.05;

    /// <summary>
    /// lambda for users that came after training, who are folded in from their history, above 0; the objective is that of <see cref="AlsOptions"/>.
    /// </summary>
    public double Regularization { get; set; } = 0.003;

    /// <summary>nu of that regularization, 0 to 1.</summary>
    public double RegularizationExponent { get; set; } = 1;

    /// <summary>alpha0 for folding in: weight of a pair without interaction, 0 to 1,000. Spark's implicit ALS has 1.</summary>
    public double UnobservedWeight { get; set; } = 0.1;

    /// <summary>How an interaction's value becomes a confidence in folding in. Spark's implicit ALS is <c>Linear</c>.</summary>
    public ConfidenceKind Confidence { get; set; } = ConfidenceKind.Uniform;

    /// <summary>Factor of every confidence in folding in, above 0. Spark calls it alpha.</summary>
    public double ConfidenceScale { get; set; } = 1;

    TrainerDefinition ITrainerOptions.Definition =>
        new(ImportedTrainer.Name, () => new ImportedTrainer(this, null), (from, name) => AlsModel.Load(from, name, ImportedTrainer.Name));

    public void Validate(OptionsCheck check)
    {
        check.NotEmpty(UserFactors, "a Parquet file, a folder or a glob with the factors of users")
            .NotEmpty(ItemFactors, "a Parquet file, a folder or a glob with the factors of items")
            .NotEmpty(UserColumn, "the column of user ids")
            .NotEmpty(ItemColumn, "the column of item ids")
            .Require(FactorsColumns.Count > 0 || !string.IsNullOrWhiteSpace(FactorsColumn), FactorsColumn, "a column of lists, or a group of FactorsColumns")
            .Require(
                FactorsColumns.Distinct(StringComparer.Ordinal).Count() == FactorsColumns.Count,
                string.Join(", ", FactorsColumns), "each column once", nameof(FactorsColumns))
            .InRange(MinMatched, 0, 1)
            .Require(
                HoldOut.UserFactors.Length > 0 == HoldOut.ItemFactors.Length > 0, HoldOut.UserFactors.Length > 0 ? HoldOut.ItemFactors : HoldOut.UserFactors,
                "factors of users and of items, both or neither", HoldOut.UserFactors.Length > 0 ? "HoldOut:ItemFactors" : "HoldOut:UserFactors");
        ForFoldIn(1).Validate(check);
        if (HoldOut.UserFactors.Length > 0 && HoldOut.ItemFactors.Length > 0)
        {
            check.Require(
                HoldOut.UserFactors != UserFactors && HoldOut.ItemFactors != ItemFactors,
                HoldOut.UserFactors, "factors of a training of its own, on what lies before the cut", "HoldOut:UserFactors");
        }
    }

    /// <summary>The same as a Parquet table's columns.</summary>
    internal Parquet.Vectors.VectorColumns Columns(string idKey, string id) => new(
        $"Train:Imported:{idKey}", id, "Train:Imported:FactorsColumn", FactorsColumns.Count > 0 ? null : FactorsColumn, "Train:Imported:FactorsColumns",
        [.. FactorsColumns]);

    internal AlsOptions ForFoldIn(int rank) => new()
    {
        Rank = rank,
        Regularization = Regularization,
        RegularizationExponent = RegularizationExponent,
        UnobservedWeight = UnobservedWeight,
        Confidence = Confidence,
        ConfidenceScale = ConfidenceScale,
    };
}

/// <summary>Section <c>Train:Imported:HoldOut</c>; its files have the same columns.</summary>
internal sealed class ImportedHoldOutOptions
{
    /// <summary>Factors of users, from a training on what lies before the cut.</summary>
    public string UserFactors { get; set; } = "";

    /// <summary>Factors of items, from the same training.</summary>
    public string ItemFactors { get; set; } = "";

    public bool IsGiven => UserFactors.Length > 0 || ItemFactors.Length > 0;
}
