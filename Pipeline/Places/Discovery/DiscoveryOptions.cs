using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Discovery;

/// <summary>Section <c>Places:Discovery</c>: what <c>discovery</c> holds.</summary>
internal sealed class DiscoveryOptions : IStageOptions
{
    /// <summary>Categories a customer, each with an item, 1 to 1,000; 0 makes none.</summary>
    public int Count { get; set; } = 5;

    /// <summary>Levels of a category's path, 1 to 20, that make a category here: 1 is the most general one alone.</summary>
    public int Levels { get; set; } = 2;

    /// <summary>Customers, 2 to 1,000,000, who must have bought from both categories of a pair.</summary>
    public int MinCustomers { get; set; } = 5;

    /// <summary>Share of pairs by chance, above 0 to 0.5, that may be among those that count.</summary>
    public double FalseDiscoveryRate { get; set; } = 0.05;

    /// <summary>Weight of a category's share of all customers beside what those of the customer's own categories say, 0 to 10.</summary>
    public double PopularityWeight { get; set; } = 0.1;

    public void Validate(OptionsCheck check) => check
        .InRange(Count, 0, 1_000)
        .InRange(Levels, 1, 20)
        .InRange(MinCustomers, 2, 1_000_000)
        .Require(FalseDiscoveryRate is > 0 and <= 0.5, FalseDiscoveryRate, "a number above 0, to 0.5")
        .InRange(PopularityWeight, 0, 10);
}
