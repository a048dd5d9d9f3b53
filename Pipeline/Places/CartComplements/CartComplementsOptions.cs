using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>How the share of chance among the pairs that are shown is held down.</summary>
internal enum DiscoveryControl
{
    /// <summary>Benjamini and Hochberg 1995: for tests that lean on each other as those of one basket do, the usual choice.</summary>
    BenjaminiHochberg,

    /// <summary>Benjamini and Yekutieli 2001: whatever the tests have to do with each other, at the price of fewer pairs.</summary>
    BenjaminiYekutieli,
}

/// <summary>Section <c>Places:CartComplements</c>: what <c>cart_complements</c> holds.</summary>
internal sealed class CartComplementsOptions : IStageOptions
{
    /// <summary>Complements an item, 1 to 1,000; 0 makes none.</summary>
    public int Count { get; set; } = 20;

    /// <summary>Orders, 1 to 1,000,000, that must hold both items of a pair.</summary>
    public int MinOrders { get; set; } = 3;

    /// <summary>Customers, 1 to 1,000,000, whose orders must hold both: one who buys the same basket again and again says little of others.</summary>
    public int MinCustomers { get; set; } = 2;

    /// <summary>Share of pairs by chance, above 0 to 0.5, that may be among those shown.</summary>
    public double FalseDiscoveryRate { get; set; } = 0.05;

    /// <summary>How that share is held.</summary>
    public DiscoveryControl Control { get; set; } = DiscoveryControl.BenjaminiHochberg;

    /// <summary>
    /// Cosine by text, above 0 to 1, from which on one item is a substitute of the other and no complement. 1: only items of one text or one parent are. It
    /// changes nothing where no text is embedded.
    /// </summary>
    public double MaxLikeness { get; set; } = 1;

    /// <summary>Items, 2 to 100,000, of an order that counts: larger ones are stocking up and say little of what goes with what.</summary>
    public int MaxOrderItems { get; set; } = 1_000;

    public void Validate(OptionsCheck check) => check
        .InRange(Count, 0, 1_000)
        .InRange(MinOrders, 1, 1_000_000)
        .InRange(MinCustomers, 1, 1_000_000)
        .Require(FalseDiscoveryRate is > 0 and <= 0.5, FalseDiscoveryRate, "a number above 0, to 0.5")
        .Require(MaxLikeness is > 0 and <= 1, MaxLikeness, "a number above 0, to 1")
        .InRange(MaxOrderItems, 2, 100_000);
}
