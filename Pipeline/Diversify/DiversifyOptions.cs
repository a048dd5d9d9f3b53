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

    /// <summary>How many levels of their categories they share.</summary>
    Category = 3,

    /// <summary>How near their prices stand among all prices.</summary>
    Price = 4,

    /// <summary>The mean of these by the weights of <c>Diversify:Mix</c>.</summary>
    Mixed = 5,
}

/// <summary>Section <c>Diversify</c>: how each list is chosen from its candidates, relevance against variety.</summary>
internal sealed class DiversifyOptions : IStageOptions
{
    private const double UsualLambda = 0.2;

    private string _method = AutoDiversityOptions.Name;

    /// <summary>
    /// How a list is chosen from its candidates: <c>auto</c> (the method and lambda that the validation window prefers, see <see cref="Auto"/>), <c>none</c>
    /// (the best N by relevance), <c>mmr</c> (distance: maximal marginal relevance, Carbonell and Goldstein 1998), <c>calibration</c> (the user's own mix of
    /// categories, Steck 2018), <c>calibrated-mmr</c> (both), <c>xquad</c> (categories that the list lacks, Santos et al. 2010). Where <see cref="Lambda"/> is
    /// set or <see cref="Explore"/> is on, <c>auto</c> is <c>mmr</c>.
    /// </summary>
    public string Method
    {
        get => _method;
        set => _method = DiversifierCatalog.Known(value);
    }

    /// <summary>Where similarity is taken from, and distance measured in.</summary>
    public DiversifySpace Space { get; set; } = DiversifySpace.Auto;

    /// <summary>What a mixed space is made of.</summary>
    public SpaceMix Mix { get; set; } = new();

    /// <summary>
    /// Entries before a place that it is to be unlike, 0 to 1,000; 0: all of them. On a long list that is seen a screen at a time, likeness to what has long
    /// scrolled by need not cost relevance (Chen, Zhang and Zhou 2018, section 5).
    /// </summary>
    public int Window { get; set; }

    /// <summary>
    /// Weight of diversity beside relevance, both on a scale of 0 to 1: from 0 (relevance alone) to 1 (equal weight). Empty: what <c>auto</c> chooses, 0.2 for
    /// every other method.
    /// </summary>
    public double? Lambda { get; set; }

    /// <summary>
    /// Whether a user's lambda is the configured one times the breadth of their taste: the entropy of their mix of categories as a share of the greatest one
    /// possible, 0 for one category alone to 1 for all of them evenly. Users whose mix is unknown keep the configured lambda.
    /// </summary>
    public bool LambdaByTaste { get; set; }

    /// <summary>How <c>auto</c> chooses.</summary>
    public AutoDiversityOptions Auto { get; set; } = new();

    /// <summary>Entries a list (N), 1 to 1,000.</summary>
    public int ListLength { get; set; } = 20;

    /// <summary>Candidates a user from which the list is chosen (M): at least <see cref="ListLength"/>, at most 10,000.</summary>
    public int Candidates { get; set; } = 200;

    /// <summary>Entries of a list that may be variants of one product (<c>Ingest:Items:Columns:Parent</c>), 1 to 1,000.</summary>
    public int MaxVariants { get; set; } = 1;

    /// <summary>
    /// The same where titles alone say what is a variant (<c>Ingest:Titles:Variants</c>), 1 to 1,000; more where the list would have empty places.
    /// </summary>
    public int MaxTitleVariants { get; set; } = 2;

    /// <summary>
    /// Entries of a list whose titles may share a phrase of two words that tells a shelf (jumbo bag, metal sign), 1 to 1,000; more where the list would have
    /// empty places.
    /// </summary>
    public int MaxAlike { get; set; } = 5;

    /// <summary>
    /// Whether items of one title and brand (one product under two codes) share one place on a list, the better one's, and have none where the user has the
    /// product under its other code. Case and blanks do not matter; items without a title are compared by their description.
    /// </summary>
    public bool DistinctText { get; set; } = true;

    /// <summary>
    /// Largest share of a list's entries that are items nobody has met yet, 0 to 1, rounded up to whole entries; 1 sets no limit. Empty takes it from the log:
    /// the share of such items among a user's purchases in the validation window, for nine users in ten at most.
    /// </summary>
    public double? MaxNewShare { get; set; }

    /// <summary>Lists with different lambdas for different users, to learn from.</summary>
    public ExploreOptions Explore { get; set; } = new();

    /// <summary>What the configuration says; null where the validation window decides.</summary>
    internal DiversitySetting? Stated => Method == DiversifierCatalog.None ? DiversitySetting.Plain
        : Method != AutoDiversityOptions.Name ? new(Method, Lambda ?? UsualLambda)
        : Lambda is not null || Explore.Enabled ? Usual with { Lambda = Lambda ?? UsualLambda }
        : null;

    /// <summary>The same options for the order of relevance: what titles say of variants and shelves has no part.</summary>
    internal DiversifyOptions ByRelevance()
    {
        var copy = With(DiversitySetting.Plain);
        copy.MaxTitleVariants = copy.MaxAlike = int.MaxValue;
        return copy;
    }

    /// <summary>What serves where nothing was stated and nothing could be chosen.</summary>
    internal static DiversitySetting Usual { get; } = new(MaximalMarginalRelevance.Name, UsualLambda);

    /// <summary>The same options with a setting stated.</summary>
    internal DiversifyOptions With(DiversitySetting setting)
    {
        var copy = (DiversifyOptions)MemberwiseClone();
        (copy.Method, copy.Lambda) = (setting.Method, setting.Lambda);
        return copy;
    }

    public void Validate(OptionsCheck check)
    {
        check
            .Require(DiversifierCatalog.Choices.Contains(Method), Method, $"one of {string.Join(", ", DiversifierCatalog.Choices)}")
            .Require(Enum.IsDefined(Space), Space, "Auto, Text, Model, Category, Price or Mixed")
            .Nested(Mix)
            .InRange(Window, 0, 1_000)
            .Require(Lambda is null or (>= 0 and <= 1), Lambda, "a number from 0 to 1, or nothing")
            .Nested(Auto)
            .Require(MaxNewShare is null or (>= 0 and <= 1), MaxNewShare, "a number from 0 to 1, or nothing")
            .InRange(ListLength, 1, 1_000)
            .InRange(MaxVariants, 1, 1_000)
            .InRange(MaxTitleVariants, 1, 1_000)
            .InRange(MaxAlike, 1, 1_000)
            .Require(Candidates >= ListLength && Candidates <= 10_000, Candidates, $"a whole number from ListLength ({ListLength}) to 10000")
            .Nested(Explore);
        if (!Explore.Enabled) return;
        double[] arms = Explore.ArmsWith(Stated!.Lambda);
        check
            .Require(Method != DiversifierCatalog.None, Method, "a method with a lambda, because Diversify:Explore:Enabled is true")
            .Require(
                Stated!.Lambda > 0 || Explore.Arms.Length > 0, Lambda,
                "a number over 0, or arms in Diversify:Explore:Arms, because Diversify:Explore:Enabled is true")
            .Require(Explore.Floor * arms.Length <= 1, Explore.Floor, $"at most 1 divided by the {arms.Length} arms", "Explore:Floor");
    }
}
