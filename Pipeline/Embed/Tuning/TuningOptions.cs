using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// Section <c>Embed:Tuning</c>: a low-rank map over the encoder's vectors (<see cref="TextAdapter"/>), learned from what customers buy together
/// (<see cref="SpectralContrast"/>).
/// </summary>
internal sealed class TuningOptions : IStageOptions
{
    /// <summary><c>Off</c>, or <c>Auto</c>: where held-out new items are found surely more often with it.</summary>
    public TuningUse Use { get; set; } = TuningUse.Off;

    /// <summary>Directions that the map may move, 1 to 4,096: it has twice this times the encoder's width numbers.</summary>
    public int Rank { get; set; } = 64;

    /// <summary>w, above 0 to 1,000,000: how far the direction that matters most is stretched. The less, the closer vectors stay to the encoder's.</summary>
    public double Weight { get; set; } = 20;

    /// <summary>
    /// What is added to each direction's share of the items' vectors before it is divided by, as a share of the mean direction's, above 0 to 1,000: the more,
    /// the less directions count that few texts have.
    /// </summary>
    public double Ridge { get; set; } = 0.03;

    /// <summary>Customers that held-out items must be measured by, 30 up; with fewer nothing is tuned.</summary>
    public int MinUsers { get; set; } = 200;

    internal bool IsOff => Use == TuningUse.Off;

    public void Validate(OptionsCheck check) => check
        .Require(Enum.IsDefined(Use), Use, "Off or Auto")
        .InRange(Rank, 1, 4_096)
        .Require(Weight is > 0 and <= 1_000_000, Weight, "a number above 0, at most 1000000")
        .Require(Ridge is > 0 and <= 1_000, Ridge, "a number above 0, at most 1000")
        .InRange(MinUsers, 30, int.MaxValue);
}
