using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>What makes two items alike.</summary>
internal enum DiversifySpace
{
    /// <summary>Text where nearly all available items have an embedding, else the model's space.</summary>
    Auto = 0,

    /// <summary>What is said of them.</summary>
    Text = 1,

    /// <summary>Who buys them.</summary>
    Model = 2,
}

/// <summary>Section <c>Diversify</c>: how each list is chosen from its candidates, relevance against variety.</summary>
internal sealed class DiversifyOptions : IStageOptions
{
    private string _method = MaximalMarginalRelevance.Name;

    /// <summary>
    /// How a list is chosen from its candidates: <c>none</c> (the best N by relevance) or <c>mmr</c> (maximal marginal relevance, Carbonell and Goldstein
    /// 1998).
    /// </summary>
    public string Method
    {
        get => _method;
        set => _method = DiversifierCatalog.Known(value);
    }

    /// <summary>Where similarity is taken from, and distance measured in.</summary>
    public DiversifySpace Space { get; set; } = DiversifySpace.Auto;

    /// <summary>Weight of diversity beside relevance, both on a scale of 0 to 1: from 0 (relevance alone) to 1 (equal weight).</summary>
    public double Lambda { get; set; } = 0.2;

    /// <summary>Entries a list (N), 1 to 1,000.</summary>
    public int ListLength { get; set; } = 20;

    /// <summary>Candidates a user from which the list is chosen (M): at least <see cref="ListLength"/>, at most 10,000.</summary>
    public int Candidates { get; set; } = 200;

    /// <summary>Entries of a list that may be variants of one product (<c>Ingest:Items:Columns:Parent</c>), 1 to 1,000.</summary>
    public int MaxVariants { get; set; } = 1;

    /// <summary>
    /// Whether items of one title and brand (one product under two codes) share one place on a list, the better one's, and have none where the user has the
    /// product under its other code. Case and blanks do not matter; items without a title are compared by all other text.
    /// </summary>
    public bool DistinctText { get; set; } = true;

    /// <summary>
    /// Largest share of a list's entries that are items nobody has met yet, 0 to 1, rounded up to whole entries; 1 sets no limit. Empty takes it from the log:
    /// the share of such items among a user's purchases in the validation window, for nine users in ten at most.
    /// </summary>
    public double? MaxNewShare { get; set; }

    /// <summary>Lists with different lambdas for different users, to learn from.</summary>
    public ExploreOptions Explore { get; set; } = new();

    public void Validate(OptionsCheck check)
    {
        check
            .Require(DiversifierCatalog.Names.Contains(Method), Method, $"one of {string.Join(", ", DiversifierCatalog.Names)}")
            .Require(Enum.IsDefined(Space), Space, "Auto, Text or Model")
            .InRange(Lambda, 0, 1)
            .Require(MaxNewShare is null or (>= 0 and <= 1), MaxNewShare, "a number from 0 to 1, or nothing")
            .InRange(ListLength, 1, 1_000)
            .InRange(MaxVariants, 1, 1_000)
            .Require(Candidates >= ListLength && Candidates <= 10_000, Candidates, $"a whole number from ListLength ({ListLength}) to 10000")
            .Nested(Explore);
        if (!Explore.Enabled) return;
        check
            .Require(Method != DiversifierCatalog.None, Method, "a method with a lambda, because Diversify:Explore:Enabled is true")
            .Require(
                Lambda > 0 || Explore.Arms.Length > 0, Lambda, "a number over 0, or arms in Diversify:Explore:Arms, because Diversify:Explore:Enabled is true")
            .Require(
                Explore.Floor * Explore.ArmsWith(Lambda).Length <= 1, Explore.Floor, $"at most 1 divided by the {Explore.ArmsWith(Lambda).Length} arms",
                "Explore:Floor");
    }
}
