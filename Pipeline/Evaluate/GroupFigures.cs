namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>Groups of items or of users, by index; null is no group.</summary>
/// <param name="By">What they are groups by, such as <c>category</c> or <c>seller</c>.</param>
internal sealed record Grouping(string By, IReadOnlyList<string?> Names);

/// <summary>What one group of items gets of lists, or one group of users from them, with a 95% interval.</summary>
/// <param name="Measure"><see cref="GroupFigures.Exposure"/>, or an accuracy such as <c>ndcg</c>.</param>
/// <param name="Count">Items of the group that may be recommended, or users who were measured.</param>
/// <param name="CatalogShare">Share of the items that may be recommended; null of users.</param>
/// <param name="PurchaseShare">Share of what was bought before; null of users.</param>
internal sealed record GroupFigure(
    string Measure, string By, string Group, int Count, double Value, double Low, double High, double? CatalogShare = null,
    double? PurchaseShare = null);

/// <summary>Names of what groups are measured by.</summary>
internal static class GroupFigures
{
    /// <summary>
    /// Share of the places of lists, each weighted by 1 / log2(rank + 1): what stands first is seen most (Singh and Joachims 2018, "Fairness of exposure in
    /// rankings").
    /// </summary>
    public const string Exposure = "exposure";

    /// <summary>
    /// Items by how much is bought of them: those that a third of all purchases are of, the next third, the last, and those that nobody bought.
    /// </summary>
    public const string Popularity = "popularity";

    /// <summary>Users by the items in their history.</summary>
    public const string Activity = "activity";

    /// <summary>Groups that are told apart; the rest is <see cref="Others"/>.</summary>
    public const int Most = 20;

    public const string Others = "others";
}
