using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Section <c>Materialize:Season</c>: items whose customers grew from this time of the last year to the weeks behind it come forward on lists, and those that
/// they left step back: Christmas in November, not in January. It needs a log of a year and a week.
/// </summary>
internal sealed class SeasonOptions : IStageOptions
{
    /// <summary>Whether it is done.</summary>
    public bool Enabled { get; set; }

    /// <summary>Days, 7 to 91, of the last year that are laid beside as many before them: as many as lists are to last.</summary>
    public int Days { get; set; } = 28;

    /// <summary>Exponent of what came of the item's customers, above 0 to 2: 1 takes it as it was, less is more careful.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>Customers, above 0 to 100,000, as whose worth counts what the item's category did, beside the item's own.</summary>
    public double PriorCustomers { get; set; } = 20;

    public void Validate(OptionsCheck check) => check
        .InRange(Days, 7, 91)
        .Require(Weight is > 0 and <= 2, Weight, "a number above 0, to 2")
        .Require(PriorCustomers is > 0 and <= 100_000, PriorCustomers, "a number above 0, to 100000");
}
