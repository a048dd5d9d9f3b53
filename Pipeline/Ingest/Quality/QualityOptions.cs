using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Quality;

/// <summary>The data gate: what a night's input must look like. Shares are of the rows that are new this night.</summary>
internal sealed class QualityOptions
{
    /// <summary>New files. A night without any is only worth a remark.</summary>
    public Bounds NewFiles { get; set; } = new() { WarnBelow = 1 };

    /// <summary>New files with the very bytes of another file: a log that was delivered twice under two names.</summary>
    public Bounds RepeatedFiles { get; set; } = new() { WarnAbove = 0 };

    /// <summary>Share of a log's files that could not be read and were left for the next night (<see cref="IngestOptions.UnreadableFiles"/> = Skip).</summary>
    public Bounds UnreadableShare { get; set; } = new() { WarnAbove = 0, FailAbove = 0.5 };

    /// <summary>Files of the item and user tables that could not be read and were left out (<see cref="IngestOptions.UnreadableFiles"/> = Skip).</summary>
    public Bounds UnreadableTables { get; set; } = new() { WarnAbove = 0 };

    /// <summary>New rows divided by the median of the last <see cref="HistoryNights"/> nights; judged from 3 nights on.</summary>
    public Bounds RowsAgainstHistory { get; set; } = new() { WarnBelow = 0.5, FailBelow = 0.1, WarnAbove = 2, FailAbove = 10 };

    /// <summary>Nights that <see cref="RowsAgainstHistory"/> looks back, 1 to 10,000.</summary>
    public int HistoryNights { get; set; } = 14;

    /// <summary>
    /// Share of nulls in any one mapped column (of quantity, price and group among purchases and returns, of value among ratings); <see cref="NullShareOf"/>
    /// says otherwise for a column.
    /// </summary>
    public Bounds NullShare { get; set; } = new() { WarnAbove = 0.2, FailAbove = 0.8 };

    /// <summary>Meaning of a column (User, Item, Time, Quantity, ...) -> its own bounds.</summary>
    public Dictionary<string, Bounds> NullShareOf { get; set; } = [];

    /// <summary>Share of rows that were quarantined: impossible, of bots or of no product.</summary>
    public Bounds QuarantineShare { get; set; } = new() { WarnAbove = 0.3, FailAbove = 0.8 };

    /// <summary>Share of rows that are of bots: one id for all customers, which an export that lost them writes, looks like one too.</summary>
    public Bounds BotShare { get; set; } = new() { WarnAbove = 0.5 };

    /// <summary>
    /// Share of rows that repeat another row. A file whose every row repeats another file's is that file delivered again, and is counted with
    /// <see cref="RepeatedFiles"/> alone.
    /// </summary>
    public Bounds DuplicateShare { get; set; } = new() { WarnAbove = 0.1, FailAbove = 0.5 };

    /// <summary>Share of returns that match no purchase.</summary>
    public Bounds UnmatchedReturnShare { get; set; } = new() { WarnAbove = 0.5 };

    /// <summary>Share of rows on items that the item table lacks.</summary>
    public Bounds UnknownItemShare { get; set; } = new() { WarnAbove = 0.05, FailAbove = 0.5 };

    /// <summary>Share of rows before <see cref="IngestOptions.Earliest"/>, at or after <see cref="IngestOptions.Latest"/>, or after the as-of time.</summary>
    public Bounds TimeOutOfRangeShare { get; set; } = new() { WarnAbove = 0.001, FailAbove = 0.5 };

    /// <summary>Hours from the newest event to <see cref="IngestOptions.AsOf"/>; judged where that is set.</summary>
    public Bounds FreshnessHours { get; set; } = new() { WarnAbove = 48, FailAbove = 24 * 14 };

    /// <summary>Population stability index of item popularity (deciles of the reference, unseen items apart) of new rows against the days before.</summary>
    public Bounds ItemShift { get; set; } = new() { WarnAbove = 0.25, FailAbove = 2 };

    /// <summary>Population stability index of the mix of kinds, likewise.</summary>
    public Bounds KindShift { get; set; } = new() { WarnAbove = 0.25, FailAbove = 2 };

    /// <summary>Population stability index of the hour of the day, likewise.</summary>
    public Bounds HourShift { get; set; } = new() { WarnAbove = 1, FailAbove = 5 };

    /// <summary>Days before the new rows that the shifts compare with, 0.01 to 36,500.</summary>
    public double ShiftReferenceDays { get; set; } = 28;

    /// <summary>Fewer rows than this (1 up), on either side, give no shift: its noise would be its value.</summary>
    public int ShiftMinRows { get; set; } = 1_000;

    /// <summary>
    /// New rows, 1 up, below which their shares between two nights are warned of and stop nothing: three rows of guests are a quiet hour, no damaged log. A
    /// night judges its rows and those before it, as does a run whose new rows are half of the log or more, however few they are.
    /// </summary>
    public int ShareMinRows { get; set; } = 100;

    /// <summary>Share of the catalog that may be recommended, divided by that of the last night: a stock join that failed halves it, or ends it.</summary>
    public Bounds AvailableAgainstHistory { get; set; } = new() { WarnBelow = 0.8, FailBelow = 0.5 };

    /// <summary>Share of nulls in a mapped column of the item table less that of the last night.</summary>
    public Bounds ItemNullIncrease { get; set; } = new() { WarnAbove = 0.1, FailAbove = 0.5 };

    /// <summary>Share of the item table's rows without a usable id.</summary>
    public Bounds ItemUnusableShare { get; set; } = new() { WarnAbove = 0, FailAbove = 0.5 };

    /// <summary>New rows later than the day of the run, where <see cref="IngestOptions.AsOf"/> does not say what now is. They wait in the state.</summary>
    public Bounds FutureRows { get; set; } = new() { WarnAbove = 0 };

    /// <summary>
    /// Share of ratings that carry weight: those at or above <see cref="IngestOptions.RatingThreshold"/>. Few say that the threshold is of another scale,
    /// nearly all that it parts nothing.
    /// </summary>
    public Bounds LikedShare { get; set; } = new() { WarnBelow = 0.05, WarnAbove = 0.99 };

    /// <summary>Users with at least one interaction.</summary>
    public Bounds Users { get; set; } = new() { FailBelow = 2 };

    /// <summary>Items with at least one interaction.</summary>
    public Bounds Items { get; set; } = new() { FailBelow = 2 };

    /// <summary>Pairs in the test window.</summary>
    public Bounds TestPairs { get; set; } = new() { WarnBelow = 1 };

    internal void Validate(OptionsCheck check)
    {
        foreach (var (name, bounds) in All()) bounds.Validate(check, "Quality:" + name);
        foreach (var (column, bounds) in NullShareOf)
        {
            check.Require(
                typeof(EventColumns).GetProperty(column) is not null, column,
                "a meaning of a column: " + string.Join(", ", typeof(EventColumns).GetProperties().Select(p => p.Name)), "Quality:NullShareOf");
            bounds.Validate(check, "Quality:NullShareOf:" + column);
        }
        check.InRange(HistoryNights, 1, 10_000, "Quality:HistoryNights")
            .InRange(ShiftReferenceDays, 0.01, 36_500, "Quality:ShiftReferenceDays")
            .InRange(ShareMinRows, 1, int.MaxValue, "Quality:ShareMinRows")
            .InRange(ShiftMinRows, 1, int.MaxValue, "Quality:ShiftMinRows");
    }

    private IEnumerable<(string, Bounds)> All() =>
        typeof(QualityOptions).GetProperties().Where(p => p.PropertyType == typeof(Bounds)).Select(p => (p.Name, (Bounds)p.GetValue(this)!));
}
