using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Forecast;

/// <summary>Section <c>Forecast</c>: what will sell, by item and day, for stock and purchasing: table <c>item_forecast</c> of the version.</summary>
internal sealed class ForecastOptions : IStageOptions
{
    /// <summary>Whether it is made. The log needs a time.</summary>
    public bool Enabled { get; set; }

    /// <summary>Days ahead, 1 to 56.</summary>
    public int Days { get; set; } = 14;

    /// <summary>
    /// Stretches of so many days at the end of the log, 2 to 12, on which each item's method is chosen and the width of intervals is set; widths look at one
    /// less before them, where the log has them.
    /// </summary>
    public int Windows { get; set; } = 4;

    /// <summary>Days of sales that are looked at, 28 to 3,650.</summary>
    public int HistoryDays { get; set; } = 365;

    /// <summary>Days since an item's first sale, 14 to 365, before those stretches, below which it has no forecast.</summary>
    public int MinDays { get; set; } = 28;

    /// <summary>Share of days whose sales lie within <c>low</c> and <c>high</c>, 0.5 to 0.99.</summary>
    public double Coverage { get; set; } = 0.9;

    public void Validate(OptionsCheck check) => check
        .InRange(Days, 1, 56)
        .InRange(Windows, 2, 12)
        .InRange(HistoryDays, 28, 3_650)
        .InRange(MinDays, 14, 365)
        .InRange(Coverage, 0.5, 0.99);
}
