using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.BuyItAgain;

/// <summary>Section <c>Places:BuyItAgain</c>: what <c>buy_it_again</c> holds.</summary>
internal sealed class BuyItAgainOptions : IStageOptions
{
    /// <summary>Items a customer, 1 to 1,000; 0 makes none.</summary>
    public int Count { get; set; } = 20;

    /// <summary>
    /// Share of an item's customers, 0 to 1, who must have bought it on another day again. The share of an item of few customers is drawn towards that of all
    /// items.
    /// </summary>
    public double MinRepeatShare { get; set; } = 0.1;

    /// <summary>Customers, 1 to 1,000,000, whom an item must have had.</summary>
    public int MinCustomers { get; set; } = 5;

    /// <summary>Days ahead, 1 to 365, for which <c>score</c> is the probability of a purchase.</summary>
    public int HorizonDays { get; set; } = 28;

    /// <summary>Purchases, above 0 to 100, as whose worth the item's usual gap counts beside a customer's own.</summary>
    public double PriorPurchases { get; set; } = 0.25;

    public void Validate(OptionsCheck check) => check
        .InRange(Count, 0, 1_000)
        .InRange(MinRepeatShare, 0, 1)
        .InRange(MinCustomers, 1, 1_000_000)
        .InRange(HorizonDays, 1, 365)
        .Require(PriorPurchases is > 0 and <= 100, PriorPurchases, "a number above 0, to 100");
}
