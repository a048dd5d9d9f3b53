using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Quality;

/// <summary>What the data gate measures, from the report's counts and the log.</summary>
internal static class DataConstraints
{
    /// <summary>Names that history is kept under.</summary>
    public const string NewRows = "data.rows.new";

    /// <summary>New rows of what is read between two nights: kept apart, so that nights are compared with nights.</summary>
    private const string IncrementalRows = "data.rows.between";

    /// <param name="history">Constraint -> its values in earlier nights, oldest first.</param>
    public static IReadOnlyList<ConstraintResult> Measure(
        IngestReport report,
        IngestState state,
        int firstNew,
        NullCounts nulls,
        ItemTable? table,
        IngestOptions options,
        RowVolume volume,
        IReadOnlyDictionary<string, IReadOnlyList<double>> history)
    {
        var q = options.Quality;
        var gate = new QualityGate();
        int newFiles = report.Files.Count(f => f.New);
        gate.Check("data.files.new", newFiles, q.NewFiles, "new files");
        gate.Check("data.users", report.Users, q.Users, "users with interactions");
        gate.Check("data.items", report.Items, q.Items, "items with interactions");
        gate.Check("data.holdout.test_pairs", report.HoldOut.TestPairs, q.TestPairs, "pairs in the test window");
        if (options.AsOf is not null && report.LastEvent is not null)
        {
            double age = (double)IngestOptions.Seconds(options.AsOf)!.Value - IngestOptions.Seconds(report.LastEvent)!.Value;
            gate.Check("data.freshness_hours", age / 3600, q.FreshnessHours, $"hours from the newest event ({report.LastEvent}) to {options.AsOf}");
        }
        // A night without new files has no rows to judge; data.files.new says so.
        if (newFiles == 0) return gate.Results;

        int repeated = report.Files.GroupBy(f => f.Sha256).Sum(same => same.Skip(1).Count(f => f.New));
        gate.Check("data.files.repeated", repeated, q.RepeatedFiles, "new files with the bytes of another file");
        double rows = Math.Max(1, report.New.Rows);
        gate.Check(volume.IsIncremental ? IncrementalRows : NewRows, volume.Rows, new Bounds { FailBelow = 1 }, "new rows");
        if (!volume.IsIncremental)
            gate.Check("data.rows.against_history", AgainstHistory(volume.Rows, history, q.HistoryNights), q.RowsAgainstHistory, $"new rows ({volume.Rows}) / median of recent nights");
        foreach (var (meaning, share) in nulls.Shares)
            gate.Check($"data.null_share.{Snake(meaning)}", share, q.NullShareOf.GetValueOrDefault(meaning) ?? q.NullShare, $"share of nulls in the {meaning} column");
        gate.Check("data.quarantine_share", report.New.Quarantined / rows, q.QuarantineShare, "share of new rows that were quarantined");
        gate.Check("data.duplicate_share", Count(report, RowStatus.MergedDuplicate) / rows, q.DuplicateShare, "share of new rows that repeat another");
        double outside = Count(report, RowStatus.TimeOutOfRange) + Count(report, RowStatus.TimeInFuture);
        gate.Check("data.time_out_of_range_share", outside / rows, q.TimeOutOfRangeShare, "share of new rows outside of the time range");
        double unmatched = Count(report, RowStatus.ReturnWithoutPurchase);
        double returns = unmatched + Count(report, RowStatus.NettedReturn);
        gate.Check("data.unmatched_return_share", returns == 0 ? double.NaN : unmatched / returns, q.UnmatchedReturnShare, "share of returns without a purchase");
        if (table is not null) CheckUnknownItems(gate, state, firstNew, table, q.UnknownItemShare);
        var shift = new DistributionShift(state.Events, firstNew, q);
        gate.Check("data.shift.items", shift.OfItems(state.Items.Count), q.ItemShift, "stability index of item popularity");
        gate.Check("data.shift.kinds", shift.OfKinds(), q.KindShift, "stability index of the kinds' mix");
        gate.Check("data.shift.hours", shift.OfHours(), q.HourShift, "stability index of the hours of the day");
        return gate.Results;
    }

    private static double AgainstHistory(long rows, IReadOnlyDictionary<string, IReadOnlyList<double>> history, int nights)
    {
        if (!history.TryGetValue(NewRows, out var past)) return double.NaN;
        var recent = past.Where(v => v > 0).TakeLast(nights).Order().ToArray();
        return recent.Length < 3 ? double.NaN : rows / recent[recent.Length / 2];
    }

    private static double Count(IngestReport report, RowStatus status) => report.NewRowsByFate.GetValueOrDefault(status.Name());

    private static void CheckUnknownItems(QualityGate gate, IngestState state, int firstNew, ItemTable table, Bounds bounds)
    {
        var log = state.Events;
        long events = 0, unknown = 0;
        int example = -1;
        for (int e = firstNew; e < log.Count; e++)
        {
            if (!log.Statuses[e].IsEvent()) continue;
            events++;
            if (table[log.Items[e]] is not null) continue;
            if (unknown++ == 0) example = log.Items[e];
        }
        // Most often the two files write the same ids in two ways: seeing both says how.
        string both = example < 0 || table.Example < 0 ? "" : $" (the log has '{state.Items.Text(example)}', the table '{state.Items.Text(table.Example)}')";
        gate.Check("data.unknown_item_share", events == 0 ? double.NaN : (double)unknown / events, bounds, "share of new events on items that the item table lacks" + both);
    }

    private static string Snake(string name) => name.ToLowerInvariant();
}

/// <summary>How many rows came.</summary>
/// <param name="New">Rows of the files that this run read.</param>
/// <param name="Before">Rows that were read between the last night and this run.</param>
/// <param name="IsIncremental">This run is no night.</param>
internal readonly record struct RowVolume(long New, long Before, bool IsIncremental)
{
    /// <summary>What a run is judged by: a night by all that came since the night before.</summary>
    public long Rows => IsIncremental ? New : New + Before;

    /// <summary>What is left for the next night to count.</summary>
    public long Left => IsIncremental ? New + Before : 0;
}
