using System.Runtime.ExceptionServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Quality;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Ingest.Split;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>What a night starts from besides its files.</summary>
/// <param name="PreviousState">The <see cref="IngestArtifacts.State"/> of the last night that was committed; null on the first.</param>
/// <param name="History">Constraint name -> its values in earlier nights, oldest first (<see cref="IngestStage.HistoryOf"/>); null: none yet.</param>
/// <param name="Between">Reads between two nights: how many rows came is not judged, and the next night counts them among its own.</param>
internal sealed record IngestInputs(string? PreviousState = null, IReadOnlyDictionary<string, IReadOnlyList<double>>? History = null, bool Between = false)
{
    /// <summary>The last second that can have happened, where <see cref="IngestOptions.AsOf"/> does not say what now is; null: any can.</summary>
    public uint? Horizon { get; init; }

    /// <summary>Windows before the validation window that are cut too.</summary>
    public int EarlierWindows { get; init; }

    /// <summary>Whether a user, by id, asked to be forgotten: no event of theirs is taken, and those that the state has go; null: nobody did.</summary>
    public Func<ReadOnlySpan<byte>, bool>? IsForgotten { get; init; }
}

/// <summary>What a night gives, as it also lies in the output folder.</summary>
/// <param name="Segments">A segment a user; null where no user table is configured.</param>
internal sealed record IngestResult(
    InteractionMatrix Interactions, IdMap Users, IdMap Items, Catalog Catalog, HoldOut HoldOut, HoldOut Validation, string?[]? Segments, IngestReport Report)
{
    /// <summary>Further columns of the item table; null where none is mapped.</summary>
    public AttributeTable? ItemAttributes { get; init; }

    /// <summary>Further columns of the user table; null where none is mapped.</summary>
    public AttributeTable? UserAttributes { get; init; }

    /// <summary>The windows before <see cref="Validation"/> that were asked for, the newest first.</summary>
    public IReadOnlyList<HoldOut> Earlier { get; init; } = [];
}

/// <summary>
/// From dirty logs and last night's state to clean interactions. A pure function of both and of its options: the state is read from one artifact
/// and written to another, and no clock is asked. Memory is at most <c>34 bytes an event</c> for the state, <c>18</c> for its order, <c>20</c> a purchase,
/// <c>12</c> a pair for each of the five matrices, plus ids and texts.
/// </summary>
internal sealed class IngestStage(IParquetReader reader, IParquetWriter writer)
{
    /// <summary>Constraints whose past values the next night wants.</summary>
    public static IReadOnlyList<string> HistoryOf { get; } = DataConstraints.History;

    /// <summary>
    /// Reads what is new, judges every event, and leaves <see cref="IngestArtifacts"/> in <paramref name="output"/>. A gate that fails is in the report; the
    /// caller refuses.
    /// </summary>
    /// <exception cref="ConfigurationException">
    /// A key cannot be used, a mapped column is missing or of the wrong type, the state was read with other options.
    /// </exception>
    /// <exception cref="ParquetFileException">A file cannot be read.</exception>
    /// <exception cref="RunFailedException">No rows, all rows quarantined, or a known file changed or vanished.</exception>
    public IngestResult Run(IngestInputs inputs, IngestOptions options, string output, StageContext context)
    {
        var check = new OptionsCheck("Ingest");
        options.Validate(check);
        check.ThrowIfAny();
        Directory.CreateDirectory(output);

        var (state, found, isRebuilt, without) = Open(inputs.PreviousState, options, inputs.IsForgotten);
        var files = found.Files;
        if (found.PassedOver is not null) context.Progress.Note(found.PassedOver);
        if (found.Keeps.Count > 0)
        {
            context.Progress.Note(
                $"{found.Keeps.Count:N0} files that were read have changed or are gone ({found.Keeps[0]}{(found.Keeps.Count > 1 ? ", ..." : "")}); "
                + $"the rows that were read first stay");
        }
        int firstNewFile = state.Files.Count;
        int firstNew = state.Events.Count;
        var before = state.Events.Statuses.AsSpan(0, firstNew).ToArray();
        using var quarantine = new QuarantineFile(writer, Path.Combine(output, IngestArtifacts.Quarantine));
        var logs = new EventLogReader(reader, options, state, context, inputs.IsForgotten);
        var nulls = logs.Read(files, quarantine);
        if (state.Files.Sum(f => f.Rows) == 0)
            throw new RunFailedException($"the log is empty: {Sources(options)} have {state.Files.Count} files and no row; expected events");

        context.Progress.Step("judge", 0, 1, "log");
        var log = state.Events;
        var order = EventOrder.By(log, state.Users.Count, context);
        double unmatched = RowClassifier.Classify(order, options, Believed(inputs.Horizon, log, context), context);
        QuarantineJudged(state, before, quarantine);
        var ledger = RowLedger.Of(state, firstNewFile);
        if (ledger.Total.Kept == 0)
        {
            quarantine.Complete();
            throw AllQuarantined(ledger, output);
        }

        var tables = new TableFiles(reader, options.UnreadableFiles, context);
        string? lastNight = inputs.PreviousState is { } previous ? Path.GetDirectoryName(previous) : null;
        var table = options.Items is null
            ? null
            : ItemTable.Read(reader, tables, options.Items, options, state.Items, LastCatalog(lastNight, without), quarantine, context,
                LastAttributes(lastNight, IngestArtifacts.ItemAttributes, without?.Items));
        var summary = EventSummary.Of(log, options);
        int items = state.Items.Count;
        var interactions = new PairAggregator(order, options, items, context)
            .Aggregate(new(0, ulong.MaxValue, summary.Last, options.HalfLifeDays, options.Weights()));
        if (interactions.Count == 0)
            throw new RunFailedException($"of {ledger.Total.Kept:N0} kept rows none carries weight; look at Ingest:KindWeights and Ingest:RatingThreshold");
        context.Progress.Step("split", 0, 1, "log");
        var splitter = new HoldOutSplitter(order, options, items, context);
        var (test, testReport, validation, validationReport) = splitter.Split(interactions);
        var earlier = splitter.Earlier(test.Cut, validation.Cut, inputs.EarlierWindows);
        var (catalog, conflicts, newDays) = CatalogBuilder.Build(state, table, options, interactions, summary.Last, context);
        if (QuantityOutliers.Remark(log, items, i => catalog.Titles[i] is { } title ? $"{state.Items.Text(i)} ({title})" : state.Items.Text(i)) is { } odd)
            context.Progress.Note(odd);
        var userAttributes = options.Users is { Attributes.Count: > 0 } wanted ? new AttributeTable(wanted.Attributes, state.Users.Count) : null;
        var segments = options.Users is null ? null : SegmentTable.Read(
            reader, tables, options.Users, options, state.Users, LastSegments(lastNight, without), quarantine, context, userAttributes,
            LastAttributes(lastNight, IngestArtifacts.UserAttributes, without?.Users));
        quarantine.Complete();

        var report = Report(ledger, summary, interactions, state, catalog, conflicts, unmatched, testReport, validationReport) with
        {
            NewDays = newDays,
            Unreadable = [.. logs.Unreadable.Select(e => e.Message)],
            UnreadableTables = tables.Unreadable,
        };
        var volume = new RowVolume(report.New.Rows, state.IncrementalRows, inputs.Between, isRebuilt);
        state.IncrementalRows = volume.Left;
        report = report with
        {
            Constraints = DataConstraints.Measure(
                report, state, firstNew, nulls, table, options, volume, inputs.History ?? new Dictionary<string, IReadOnlyList<double>>()),
        };
        var result = new IngestResult(interactions, state.Users, state.Items, catalog, test, validation, segments, report)
        {
            ItemAttributes = options.Items is null ? null : table!.Attributes(options.Items.Columns, items),
            UserAttributes = userAttributes,
            Earlier = earlier,
        };
        context.Progress.Step("write", 0, 1, "log");
        Write(result, state, HistoryHashes.Of(order, options, context), KeptPurchases.Of(order, items, context), output, context);
        Tell(report, context.Progress);
        return result;
    }

    // Where users were taken out of the state only now, what the last night left has the indices of before.
    private static Func<Catalog>? LastCatalog(string? folder, ForgottenState? without) =>
        folder is null || !File.Exists(Path.Combine(folder, IngestArtifacts.Catalog)) ? null
        : without is null ? () => IngestArtifacts.ReadCatalog(folder)
        : () => IngestArtifacts.ReadCatalog(folder).Of(without.Items);

    private static AttributeTable? LastAttributes(string? folder, string file, int[]? without)
    {
        var last = folder is null ? null : IngestArtifacts.ReadAttributes(folder, file);
        return without is null ? last : last?.Of(without);
    }

    private static string?[]? LastSegments(string? folder, ForgottenState? without)
    {
        var segments = folder is null ? null : IngestArtifacts.ReadSegments(folder);
        return segments is null || without is null ? segments : [.. without.Users.Select(u => u < segments.Length ? segments[u] : null)];
    }

    private (IngestState State, FoundFiles Found, bool IsRebuilt, ForgottenState? Without) Open(
        string? previous, IngestOptions options, Func<ReadOnlySpan<byte>, bool>? isForgotten)
    {
        string readOptions = SourceFiles.ReadOptionsHash(options);
        var state = previous is null ? new IngestState { ReadOptions = readOptions } : IngestState.Read(previous);
        // Of a forget that was cut short, somebody may still be in the state.
        var without = isForgotten is null ? null : Forgetting.Without(state, isForgotten);
        if (without is not null) state = without.State;
        if (state.ReadOptions != readOptions && options.ChangedFiles != ChangedFilePolicy.Rebuild)
        {
            throw new ConfigurationException(
                "the kept state was read with another column mapping, kind map, return rule, limit or product pattern under Ingest; "
                + "put them back, or set Ingest:ChangedFiles to Rebuild so that all logs are read again");
        }
        bool otherOptions = state.ReadOptions != readOptions;
        var found = SourceFiles.Find(reader, options, otherOptions ? [] : state.Files);
        if (state.Files.Count == 0 && found.Files.Count == 0)
        {
            throw new ConfigurationException(
                $"no log file: {Sources(options)} match no Parquet file; expected Ingest:Events:*:Path to name a file, "
                + $"a folder or a glob{(found.PassedOver is null ? "" : "; " + found.PassedOver)}");
        }
        bool isRebuilt = found.Rebuild || otherOptions;
        return (isRebuilt ? state.WithoutEvents(readOptions) : state, found, isRebuilt, without);
    }

    // Where most of a log lies in the future it is the clock that is wrong.
    private static uint? Believed(uint? horizon, EventLog log, StageContext context)
    {
        if (horizon is not { } last) return null;
        long later = 0;
        foreach (uint second in log.Seconds.AsSpan(0, log.Count))
            if (second > last) later++;
        if (later * 2 <= log.Count) return last;
        context.Progress.Note(
            $"{later:N0} of {log.Count:N0} events are later than this machine's day; its clock is not believed, and no row counts as in the future");
        return null;
    }

    /// <summary>Events that are quarantined by what all of the log says, where that is news tonight.</summary>
    private static void QuarantineJudged(IngestState state, RowStatus[] before, QuarantineFile quarantine)
    {
        var log = state.Events;
        foreach (var file in state.Files)
        {
            for (int e = file.FirstEvent; e < file.FirstEvent + file.Events; e++)
            {
                var status = log.Statuses[e];
                if (!status.IsQuarantined() || (e < before.Length && before[e] == status)) continue;
                bool onTime = status is RowStatus.TimeInFuture or RowStatus.TimeOutOfRange;
                bool onItem = status is RowStatus.ReturnWithoutPurchase;
                var value = onTime ? System.Text.Encoding.UTF8.GetBytes(IsoTime.Format(log.Seconds[e])) : onItem ? state.Items[log.Items[e]] : default;
                quarantine.Add(file.File, log.Rows[e], status, onTime ? "time" : onItem ? "item" : null, value, hasValue: onTime || onItem);
            }
        }
    }

    private static IngestReport Report(
        RowLedger ledger,
        EventSummary summary,
        InteractionMatrix interactions,
        IngestState state,
        Catalog catalog,
        ItemConflicts conflicts,
        double unmatched,
        HoldOutReport test,
        HoldOutReport validation)
    {
        int users = 0;
        for (int u = 0; u < interactions.Users; u++) if (interactions.ByUser.RowLength(u) > 0) users++;
        var seen = new bool[interactions.Items];
        foreach (int item in interactions.ByUser.Indices.AsSpan(0, interactions.Count)) seen[item] = true;
        int items = seen.Count(s => s);
        return new IngestReport
        {
            Total = ledger.Total,
            New = ledger.New,
            Files = ledger.Files,
            RowsByFate = ledger.ByFate,
            NewRowsByFate = ledger.NewByFate,
            KeptByKind = summary.KeptByKind,
            KeptWithoutWeight = summary.WithoutWeight,
            UnmatchedReturnedPieces = unmatched,
            Users = users,
            Items = items,
            UserIds = state.Users.Count,
            ItemIds = state.Items.Count,
            Pairs = interactions.Count,
            Density = (double)interactions.Count / ((double)users * items),
            FirstEvent = state.Events.HasTime ? IsoTime.Format(summary.First) : null,
            LastEvent = state.Events.HasTime ? IsoTime.Format(summary.Last) : null,
            AvailableItems = catalog.Available.Count(a => a),
            Conflicts = conflicts,
            HoldOut = test,
            Validation = validation,
            Constraints = [],
        };
    }

    private static void Write(IngestResult result, IngestState state, ulong[] marks, PurchaseLog purchases, string output, StageContext context)
    {
        Action[] writes =
        [
            () => IngestArtifacts.Write(output, IngestArtifacts.Interactions, (to, name) => to.Write(name, result.Interactions)),
            () => IngestArtifacts.Write(output, IngestArtifacts.Purchases, (to, _) => purchases.Write(to)),
            () => IngestArtifacts.Write(output, IngestArtifacts.Histories, (to, name) => to.Write(name, marks)),
            () => IngestArtifacts.Write(output, IngestArtifacts.HoldOut, (to, name) => to.Write(name, result.HoldOut)),
            () => IngestArtifacts.Write(output, IngestArtifacts.Validation, (to, name) => to.Write(name, result.Validation)),
            () => IngestArtifacts.Write(output, IngestArtifacts.Users, (to, name) => to.Write(name, result.Users)),
            () => IngestArtifacts.Write(output, IngestArtifacts.Items, (to, name) => to.Write(name, result.Items)),
            () => IngestArtifacts.Write(output, IngestArtifacts.NewItems, (to, name) =>
                to.Write(name, [result.Report.Validation.NewItemShare, result.Report.NewDays])),
            () => IngestArtifacts.Write(output, IngestArtifacts.Catalog, (to, name) => to.Write(name, result.Catalog)),
        ];
        try
        {
            Parallel.ForEach(
                writes, new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation }, write => write());
        }
        catch (AggregateException e)
        {
            // A full disk must reach the caller as what it is.
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
        foreach (var (file, window) in IngestArtifacts.Earlier(result.Earlier.Count).Zip(result.Earlier))
            IngestArtifacts.Write(output, file, (to, name) => to.Write(name, window));
        if (result.Segments is not null) IngestArtifacts.Write(output, IngestArtifacts.Segments, (to, name) => to.WriteStrings(name, result.Segments));
        if (result.ItemAttributes is { } ofItems) IngestArtifacts.Write(output, IngestArtifacts.ItemAttributes, (to, _) => ofItems.Write(to));
        if (result.UserAttributes is { } ofUsers) IngestArtifacts.Write(output, IngestArtifacts.UserAttributes, (to, _) => ofUsers.Write(to));
        result.Report.Write(Path.Combine(output, IngestArtifacts.Quality));
        // Last: where it stands, all the others do.
        state.Write(Path.Combine(output, IngestArtifacts.State));
    }

    private static void Tell(IngestReport report, IStageProgress progress)
    {
        progress.Metric("ingest.rows", report.New.Rows);
        progress.Metric("ingest.log_rows", report.Total.Rows);
        progress.Metric("ingest.kept", report.New.Kept);
        progress.Metric("ingest.merged", report.New.Merged);
        progress.Metric("ingest.quarantined", report.New.Quarantined);
        progress.Metric("ingest.users", report.Users);
        progress.Metric("ingest.items", report.Items);
        progress.Metric("ingest.pairs", report.Pairs);
    }

    private static RunFailedException AllQuarantined(RowLedger ledger, string output) => new(
        $"all {ledger.Total.Rows:N0} rows were quarantined or merged away: "
        + $"{string.Join(", ", ledger.ByFate.OrderByDescending(f => f.Value).Select(f => $"{f.Value:N0} {f.Key}"))}; "
        + $"see {Path.Combine(output, IngestArtifacts.Quarantine)} and the mapping under Ingest:Events");

    private static string Sources(IngestOptions options) => string.Join(", ", options.Events.Select(e => $"'{e.Path}'"));
}
