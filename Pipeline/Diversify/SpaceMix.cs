using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Section <c>Diversify:Mix</c>: how much each kind of likeness counts where <c>Diversify:Space</c> is <c>Mixed</c>. Likeness is the mean of them by these
/// weights; an item that lacks a kind is alike to others by the kinds that it has, and less.
/// </summary>
internal sealed class SpaceMix : IStageOptions
{
    /// <summary>Weight of what is said of items, 0 up.</summary>
    public double Text { get; set; } = 0.5;

    /// <summary>Weight of who buys them, 0 up.</summary>
    public double Model { get; set; }

    /// <summary>Weight of their categories, 0 up.</summary>
    public double Category { get; set; } = 0.3;

    /// <summary>Weight of their prices, 0 up.</summary>
    public double Price { get; set; } = 0.2;

    public void Validate(OptionsCheck check)
    {
        foreach (var (name, weight) in (IEnumerable<(string, double)>)[("Text", Text), ("Model", Model), ("Category", Category), ("Price", Price)])
            check.Require(double.IsFinite(weight) && weight >= 0, weight, "a number of 0 or more", name);
        check.Require(Text + Model + Category + Price > 0, Text, "at least one weight above 0");
    }
}
