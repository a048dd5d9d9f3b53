using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Cli.Evaluation;

/// <summary>Section <c>Eval</c>: what the files of <c>eval</c> call their columns.</summary>
internal sealed class EvalOptions : IStageOptions
{
    public EvalColumns Columns { get; set; } = new();

    public void Validate(OptionsCheck check)
    {
    }
}

/// <summary>Column names of the pair files and of the item file; null where the usual names are tried (<c>user_id</c>, <c>item_id</c>, ...).</summary>
internal sealed class EvalColumns
{
    /// <summary>Column of the user's id.</summary>
    public string? User { get; set; }

    /// <summary>Column of the item's id.</summary>
    public string? Item { get; set; }

    /// <summary>A time or a position; says which pair of a user came last.</summary>
    public string? Order { get; set; }

    /// <summary>A positive number a pair.</summary>
    public string? Weight { get; set; }

    /// <summary>The item file's category, for distances between categories; null leaves them out.</summary>
    public string? Category { get; set; }

    public PairColumns ForPairs() => new(User, Item, Order, Weight);
}

/// <summary>The sections that <c>eval</c> has besides a night's.</summary>
internal sealed class EvalSections
{
    public EvalOptions Eval { get; set; } = new();
}
