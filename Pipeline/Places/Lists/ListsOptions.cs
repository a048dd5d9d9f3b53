using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>Section <c>Places:Lists</c>: what <c>segment_lists</c> and <c>category_lists</c> hold.</summary>
internal sealed class ListsOptions : IStageOptions
{
    /// <summary>Items a list, 1 to 1,000; 0 makes no such list.</summary>
    public int Count { get; set; } = 20;

    /// <summary>Best items of a kind from which a list is chosen, 1 to 10,000: at least <see cref="Count"/>. The more, the more diverse it can be.</summary>
    public int Candidates { get; set; } = 100;

    /// <summary>Items, 1 to 1,000, that a list must have; one of fewer is left out.</summary>
    public int MinItems { get; set; } = 3;

    /// <summary>Customers, 1 to 1,000,000, whom a segment must have.</summary>
    public int MinSegmentCustomers { get; set; } = 10;

    /// <summary>Days, 1 to 3,650, before the end of the log whose customers make an item popular.</summary>
    public int PopularDays { get; set; } = 90;

    /// <summary>Days, 1 to 365, before the end of the log that are laid beside the three times as many before them for what is trending.</summary>
    public int TrendDays { get; set; } = 28;

    /// <summary>Days, 1 to 365, for which an item is new.</summary>
    public int NewDays { get; set; } = 28;

    /// <summary>Ratings, 1 to 1,000,000, that a well rated item must have.</summary>
    public int MinRatings { get; set; } = 3;

    /// <summary>
    /// Column of the list price, one of <c>Ingest:Items:Columns:Attributes</c>: an item is on sale where its price is below it. Empty: what was paid of late is
    /// laid beside what was paid before, where logs have a column Price.
    /// </summary>
    public string? ListPrice { get; set; }

    /// <summary>Share of the usual price, above 0 to 0.99, that an item on sale costs less.</summary>
    public double MinDiscount { get; set; } = 0.1;

    /// <summary>Days, 1 to 365, before the end of the log whose prices are those of now; usual ones are of the half year before them.</summary>
    public int SaleDays { get; set; } = 14;

    public void Validate(OptionsCheck check) => check
        .InRange(Count, 0, 1_000)
        .Require(Candidates >= Math.Max(1, Count) && Candidates <= 10_000, Candidates, $"a whole number from Count ({Count}) to 10000")
        .InRange(MinItems, 1, 1_000)
        .InRange(MinSegmentCustomers, 1, 1_000_000)
        .InRange(PopularDays, 1, 3_650)
        .InRange(TrendDays, 1, 365)
        .InRange(NewDays, 1, 365)
        .InRange(MinRatings, 1, 1_000_000)
        .Require(ListPrice is null or { Length: > 0 }, ListPrice, "a column of Ingest:Items:Columns:Attributes, or nothing")
        .Require(MinDiscount is > 0 and <= 0.99, MinDiscount, "a number above 0, to 0.99")
        .InRange(SaleDays, 1, 365);
}
