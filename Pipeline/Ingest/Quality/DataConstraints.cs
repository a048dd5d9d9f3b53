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

    /// <summary>Of the catalog the share that may be recommended.</summary>
    public const string AvailableShare = "data.available_share";

    /// <summary>Before the meaning of a column of the item table: its share of nulls.</summary>
    private const string ItemNulls = "data.items.null_share.";

    /// <summary>Names whose past values a night is compared with.</summary>
    public static IReadOnlyList<string> History { get; } =
        [
            NewRows, AvailableShare,
            .. new[]
            {
                nameof(ItemColumns.Title), nameof(ItemColumns.Category), nameof(ItemColumns.Brand), nameof(ItemColumns.Text), nameof(ItemColumns.Price),
                nameof(ItemColumns.Available), nameof(ItemColumns.Added), nameof(ItemColumns.Stock),
            }.Select(meaning => ItemNulls + Snake(meaning))];

    /// <summary>Rows of a night that reads everything again: kept apart, since other nights read what is new.</summary>
    private const string RebuiltRows = "data.rows.rebuilt";

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
        double files = report.Files.Count + report.Unreadable.Count;
        if (options.UnreadableFiles == UnreadableFilePolicy.Skip)
        {
            gate.Check(
                "data.files.unreadable_share", report.Unreadable.Count / Math.Max(1, files), q.UnreadableShare,
                "share of the logs' files that cannot be read and wait for the next night", () => report.Unreadable[0]);
            gate.Check(
                "data.tables.unreadable", report.UnreadableTables.Count, q.UnreadableTables, "files of the item and user tables that cannot be read",
                () => report.UnreadableTables[0]);
        }
        CheckCatalog(gate, report, table, q, history);
        // A night without new files has no rows to judge; data.files.new says so.
        if (newFiles == 0) return gate.Results;

        var again = report.Files.Where(f =>
            f.New && f.RepeatedRows > 0 || f.New && f.Counts.Rows == 0 && report.Files.Any(o => o != f && o.Sha256 == f.Sha256 && o.Counts.Rows > 0)).ToList();
        gate.Check(
            "data.files.repeated", again.Count, q.RepeatedFiles, "new files that are another file delivered again; their rows count once",
            () => Named(again.Select(f => f.File)));
        double rows = Math.Max(1, report.New.Rows);
        // A night is judged however small it is, but for the last of the rows where runs before it have read most.
        bool few = report.New.Rows < q.ShareMinRows && report.New.Rows * 2 < report.Total.Rows
            && (volume.IsIncremental || report.New.Rows * 2 < volume.Rows);
        // Between two nights there are hours in which nothing comes.
        if (volume.IsIncremental) gate.Check(IncrementalRows, volume.Rows, new Bounds(), "new rows");
        else gate.Check(volume.IsRebuilt ? RebuiltRows : NewRows, volume.Rows, new Bounds { WarnBelow = 1 }, "new rows");
        if (!volume.IsIncremental && !volume.IsRebuilt)
        {
            gate.Check(
                "data.rows.against_history", AgainstHistory(volume.Rows, history, q.HistoryNights), q.RowsAgainstHistory,
                $"new rows ({volume.Rows}) / median of recent nights");
        }
        foreach (var (meaning, share, of) in nulls.Shares)
        {
            gate.Check(
                $"data.null_share.{Snake(meaning)}", share, q.NullShareOf.GetValueOrDefault(meaning) ?? q.NullShare,
                $"share of nulls in the {meaning} column{of}",
                () =>
                    $"where that is so by design, leave the column out of the mapping (Ingest:Events:*:Columns:{meaning}) or set "
                    + $"Ingest:Quality:NullShareOf:{meaning}",
                few, "q.NullShare");
        }
        CheckQuarantine(gate, report, q, volume, few);
        gate.Check(
            "data.bot_share", Bots(report) / rows, q.BotShare, "share of new rows that are of bots",
            () => "where every customer has one id look at Ingest:Events:*:Columns:User, else at Ingest:Bots", few);
        double redelivered = again.Sum(f => f.RepeatedRows);
        gate.Check(
            "data.duplicate_share", (Count(report, RowStatus.MergedDuplicate) - redelivered) / Math.Max(1, rows - redelivered), q.DuplicateShare,
            "share of new rows that repeat another",
            () => "most in " + report.Files.Where(f => f.New && f.RepeatedRows == 0).MaxBy(f => f.Counts.Merged)?.File, few);
        double outside = Count(report, RowStatus.TimeOutOfRange) + Count(report, RowStatus.TimeInFuture);
        gate.Check("data.time_out_of_range_share", outside / rows, q.TimeOutOfRangeShare, "share of new rows outside of the time range",
            () => Worst(report, reason => reason is "time_out_of_range" or "time_in_future") + (options.AsOf is null
                ? "; a time column of another unit is read with Ingest:Events:*:EpochUnit"
                : ""), few);
        if (options.AsOf is null)
        {
            gate.Check(
                "data.rows.future", Count(report, RowStatus.TimeInFuture), q.FutureRows, "new rows later than the day of the run; they wait until it has come",
                () => Worst(report, reason => reason == "time_in_future"));
        }
        CheckRatings(gate, report, state, options, q);
        double unmatched = Count(report, RowStatus.ReturnWithoutPurchase);
        double returns = unmatched + Count(report, RowStatus.NettedReturn);
        gate.Check(
            "data.unmatched_return_share", returns == 0 ? double.NaN : unmatched / returns, q.UnmatchedReturnShare, "share of returns without a purchase",
            few: few);
        if (table is not null) CheckUnknownItems(gate, state, firstNew, table, q, few);
        var shift = new DistributionShift(state.Events, firstNew, q);
        gate.Check("data.shift.items", shift.OfItems(state.Items.Count), q.ItemShift, "stability index of item popularity");
        gate.Check("data.shift.kinds", shift.OfKinds(), q.KindShift, "stability index of the kinds' mix");
        gate.Check("data.shift.hours", shift.OfHours(), q.HourShift, "stability index of the hours of the day");
        return gate.Results;
    }

    private static void CheckCatalog(
        QualityGate gate, IngestReport report, ItemTable? table, QualityOptions q, IReadOnlyDictionary<string, IReadOnlyList<double>> history)
    {
        double Last(string name) => history.TryGetValue(name, out var past) && past.Count > 0 ? past[^1] : double.NaN;
        double available = report.AvailableItems / Math.Max(1.0, report.ItemIds);
        gate.Check(AvailableShare, available, new Bounds(), "share of the items that may be recommended");
        gate.Check("data.available_against_history", Last(AvailableShare) is > 0 and var before ? available / before : double.NaN, q.AvailableAgainstHistory,
            $"share of available items ({report.AvailableItems:N0} of {report.ItemIds:N0}) / that of the last night",
            () => "look at the columns Ingest:Items:Columns:Stock and Available, and at how the item table is made");
        if (table is null) return;
        foreach (var (meaning, share) in table.NullShares)
        {
            string name = ItemNulls + Snake(meaning);
            gate.Check(name, share, new Bounds(), $"share of nulls in the item table's {meaning} column");
            gate.Check(
                "data.items.null_increase." + Snake(meaning), share - Last(name), q.ItemNullIncrease,
                $"share of nulls in the item table's {meaning} column ({share:0.####}) less that of the last night",
                () => $"look at the column Ingest:Items:Columns:{meaning} and at how the item table is made");
        }
        gate.Check(
            "data.items.unusable_share", table.Rows == 0 ? double.NaN : (double)table.Unusable / table.Rows, q.ItemUnusableShare,
            "share of the item table's rows without a usable id", () => "the quarantine names them");
    }

    private static void CheckQuarantine(QualityGate gate, IngestReport report, QualityOptions q, RowVolume volume, bool few)
    {
        if (volume.IsIncremental)
        {
            // A whole hour may be of bots; a whole night is not. Who asked to be forgotten says nothing of the log's quality.
            double bots = Bots(report), leftOut = bots + Count(report, RowStatus.Forgotten);
            gate.Check(
                "data.quarantine_share", (report.New.Quarantined - leftOut) / Math.Max(1, report.New.Rows - leftOut), q.QuarantineShare,
                $"share of new rows{(bots > 0 ? ", those of bots left out," : "")} that were quarantined", () => Worst(report, IsFault), few);
            return;
        }
        // What runs since the last night could only warn of, row by row, the night judges as a whole.
        long forgotten = (long)Count(report, RowStatus.Forgotten);
        long quarantined = report.New.Quarantined - forgotten, rows = report.New.Rows - forgotten, before = 0;
        long read = 0;
        foreach (var file in report.Files.Reverse().SkipWhile(f => f.New).TakeWhile(_ => read < volume.Before))
        {
            read += file.Counts.Rows;
            long gone = file.Quarantined.GetValueOrDefault(RowStatus.Forgotten.Name());
            before += file.Counts.Rows - gone;
            quarantined += file.Counts.Quarantined - gone;
        }
        gate.Check(
            "data.quarantine_share", quarantined / Math.Max(1.0, rows + before), q.QuarantineShare,
            $"share of new rows{(before > 0 ? ", all since the last night," : "")} that were quarantined", () => Worst(report, IsFault));
    }

    private static bool IsFault(string reason) => reason != RowStatus.Forgotten.Name();

    private static double Bots(IngestReport report) =>
        Count(report, RowStatus.BotRate) + Count(report, RowStatus.BotBreadth) + Count(report, RowStatus.BotRegularity);

    private static void CheckRatings(QualityGate gate, IngestReport report, IngestState state, IngestOptions options, QualityOptions q)
    {
        if (!options.Events.Exists(e => e.Columns.Value is not null)) return;
        var log = state.Events;
        long ratings = 0, liked = 0;
        float highest = 0;
        for (int e = 0; e < log.Count; e++)
        {
            if (log.Statuses[e] != RowStatus.Kept || log.Kinds[e] != EventKind.Rating) continue;
            ratings++;
            highest = Math.Max(highest, log.Amount(e));
            if (log.Amount(e) >= options.RatingThreshold) liked++;
        }
        if (ratings == 0)
        {
            gate.Check("data.ratings", 0, new Bounds { WarnBelow = 1 }, "rows that are ratings, though a column is mapped as their value",
                () =>
                    $"without a kind column every row is a {options.Events.First(e => e.Columns.Value is not null).DefaultKind}, "
                    + $"however badly it was rated: set Ingest:Events:*:DefaultKind to rating, or map Columns:Kind");
            return;
        }
        gate.Check(
            "data.ratings.liked_share", (double)liked / ratings, q.LikedShare, $"share of ratings of at least {options.RatingThreshold}",
            () => $"the highest is {highest}; Ingest:RatingThreshold says from where a rating counts as liking");
    }

    /// <summary>The reason and the file that most of the new quarantined rows have.</summary>
    private static string Worst(IngestReport report, Func<string, bool> counts)
    {
        long Of(FileReport file) => file.Quarantined.Where(r => counts(r.Key)).Sum(r => r.Value);
        var reason = report.NewRowsByFate.Where(f => counts(f.Key) && report.Files.Any(file => file.Quarantined.ContainsKey(f.Key)))
            .OrderByDescending(f => f.Value)
            .ThenBy(f => f.Key, StringComparer.Ordinal)
            .FirstOrDefault();
        var worst = report.Files.Where(f => f.New && Of(f) > 0).OrderByDescending(Of).ThenBy(f => f.File, StringComparer.Ordinal).FirstOrDefault();
        return worst is null ? "" : $"most are {reason.Key} ({reason.Value:N0}), most in {worst.File} ({Of(worst):N0} of {worst.Counts.Rows:N0} rows)";
    }

    private static string Named(IEnumerable<string> files) => string.Join(", ", files.Take(3));

    private static double AgainstHistory(long rows, IReadOnlyDictionary<string, IReadOnlyList<double>> history, int nights)
    {
        if (!history.TryGetValue(NewRows, out var past)) return double.NaN;
        var recent = past.Where(v => v > 0).TakeLast(nights).Order().ToArray();
        return recent.Length < 3 ? double.NaN : rows / recent[recent.Length / 2];
    }

    private static double Count(IngestReport report, RowStatus status) => report.NewRowsByFate.GetValueOrDefault(status.Name());

    private static void CheckUnknownItems(QualityGate gate, IngestState state, int firstNew, ItemTable table, QualityOptions q, bool few)
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
        gate.Check(
            "data.unknown_item_share", events == 0 ? double.NaN : (double)unknown / events, q.UnknownItemShare,
            "share of new events on items that the item table lacks" + both, few: few);
    }

    private static string Snake(string name) => name.ToLowerInvariant();
}

/// <summary>How many rows came.</summary>
/// <param name="New">Rows of the files that this run read.</param>
/// <param name="Before">Rows that were read between the last night and this run.</param>
/// <param name="IsIncremental">This run is no night.</param>
/// <param name="IsRebuilt">All files were read again, so its rows are not those of a night.</param>
internal readonly record struct RowVolume(long New, long Before, bool IsIncremental, bool IsRebuilt = false)
{
    /// <summary>What a run is judged by: a night by all that came since the night before.</summary>
    public long Rows => IsIncremental ? New : New + Before;

    /// <summary>What is left for the next night to count.</summary>
    public long Left => IsIncremental ? New + Before : 0;
}
