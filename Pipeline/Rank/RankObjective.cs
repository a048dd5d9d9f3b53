namespace Recsys.Batch.Pipeline.Rank;

/// <summary>What candidates are put in order for.</summary>
internal enum RankObjective
{
    /// <summary>Purchases: the likeliest first.</summary>
    Purchases = 0,

    /// <summary>Revenue: the chance of a purchase times the item's price, the largest first.</summary>
    Revenue = 1,

    /// <summary>Margin: the chance of a purchase times what the shop keeps of the price, the largest first.</summary>
    Margin = 2,
}
