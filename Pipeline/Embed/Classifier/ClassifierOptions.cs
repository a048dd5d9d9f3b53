using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary>Whether items without a category get a predicted one.</summary>
internal enum ClassifierUse
{
    /// <summary>Where items lack one and the classifier passes its gate on held-out texts.</summary>
    Auto = 0,

    /// <summary>Wherever a classifier can be learned, whatever it does on held-out texts.</summary>
    On = 1,

    /// <summary>Never.</summary>
    Off = 2,
}

/// <summary>Section <c>Embed:Classifier</c>: categories of the shop's own, by their text, for items that have none.</summary>
internal sealed class ClassifierOptions : IStageOptions
{
    /// <summary><c>Auto</c>, <c>On</c> or <c>Off</c>.</summary>
    public ClassifierUse Use { get; set; } = ClassifierUse.Auto;

    /// <summary>Least probability that a prediction must have, 0.5 to 1; of a path, as many levels as have it. Below it a category stays empty.</summary>
    public double Threshold { get; set; } = 0.7;

    /// <summary>Gate of <c>Auto</c>: lower end of the 95% interval of the share of predictions that are right on held-out texts, 0 to 1.</summary>
    public double MinPrecision { get; set; } = 0.7;

    /// <summary>Different texts that a category must have to be learned, 2 up; with fewer its texts count to the category above it.</summary>
    public int MinTexts { get; set; } = 20;

    /// <summary>Categories at most, 2 to 1,000: where there are more, small ones count to those above them. Time grows with it.</summary>
    public int MaxCategories { get; set; } = 100;

    /// <summary>Different texts that are learned from at most, 100 to 1,000,000, drawn by their hash. Time grows with it.</summary>
    public int MaxTexts { get; set; } = 10_000;

    /// <summary>Weight of half the squared weights in the loss of a text, above 0 to 1: the more, the less sure predictions are.</summary>
    public double L2 { get; set; } = 0.00003;

    internal bool IsOff => Use == ClassifierUse.Off;

    public void Validate(OptionsCheck check) => check
        .Require(Enum.IsDefined(Use), Use, "Auto, On or Off")
        .InRange(Threshold, 0.5, 1)
        .InRange(MinPrecision, 0, 1)
        .InRange(MinTexts, 2, int.MaxValue)
        .InRange(MaxCategories, 2, 1_000)
        .InRange(MaxTexts, 100, 1_000_000)
        .Require(L2 is > 0 and <= 1, L2, "a number above 0, at most 1");
}
