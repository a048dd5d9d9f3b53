using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Audience;

/// <summary>
/// Section <c>Places:Audience</c>: what <c>promotion_audience</c> holds: for each rule that promotes items tonight, and each campaign, who is likely to buy.
/// </summary>
internal sealed class AudienceOptions : IStageOptions
{
    /// <summary>Customers a promotion, 1 to 1,000,000; 0 makes none.</summary>
    public int Count { get; set; } = 1_000;

    /// <summary>Days ahead, 1 to 365, within which they are likely to buy.</summary>
    public int HorizonDays { get; set; } = 28;

    /// <summary>Days, 1 to 3,650, after which a purchase says half as much.</summary>
    public double HalfLifeDays { get; set; } = 365;

    /// <summary>Purchases, above 0 to 1,000,000, as whose worth counts what other customers of the same items buy, beside the customer's own.</summary>
    public double PriorPurchases { get; set; } = 100;

    /// <summary>Campaigns beside the promotions of <c>Rules:File</c>.</summary>
    public List<CampaignOptions> Campaigns { get; set; } = [];

    public void Validate(OptionsCheck check)
    {
        check
            .InRange(Count, 0, 1_000_000)
            .InRange(HorizonDays, 1, 365)
            .InRange(HalfLifeDays, 1, 3_650)
            .Require(PriorPurchases is > 0 and <= 1_000_000, PriorPurchases, "a number above 0, to 1000000");
        for (int n = 0; n < Campaigns.Count; n++) check.Nested(Campaigns[n], $"{nameof(Campaigns)}:{n}");
        var twice = Campaigns.GroupBy(c => c.Name, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        check.Require(twice is null, twice?.Key, "names of campaigns that differ", nameof(Campaigns));
    }
}
