using System.Globalization;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Pipeline.Runs;

internal enum FreshnessState
{
    /// <summary>Nothing is published yet.</summary>
    Nothing,

    Fresh,

    Stale,
}

/// <param name="Lists">How long lists count as fresh once a run has renewed them.</param>
/// <param name="Data">How long data count as new once their last day has ended.</param>
internal sealed record FreshnessLimits(TimeSpan Lists, TimeSpan Data);

/// <summary>
/// Whether readers have lists of a recent night: the one definition, for pages, alerts and probes. Lists are renewed when a run publishes them, and when a run
/// comes to the same ones again. How old the data are that they were made from stands beside it: a night may renew lists from data of years ago.
/// </summary>
/// <param name="Version">The current version; null where nothing is published.</param>
/// <param name="Renewed">When a run last published or confirmed it.</param>
/// <param name="DataAge">Since the end of its data's last day; null where its data name no day.</param>
internal sealed record Freshness(
    FreshnessState State, VersionRecord? Version, DateTimeOffset Renewed, TimeSpan Age, TimeSpan? DataAge, FreshnessLimits Limits)
{
    private const int RunsLookedAt = 200;

    public bool HasOldData => DataAge > Limits.Data;

    public static Freshness Of(IOutputStore store, IRunLedger ledger, DateTimeOffset now, FreshnessLimits limits) =>
        store.Current is { } name && store.Find(name) is { } current
            ? Of(current, ledger.Runs(RunsLookedAt), now, limits)
            : new Freshness(FreshnessState.Nothing, null, now, TimeSpan.Zero, null, limits);

    public static Freshness Of(VersionRecord current, IReadOnlyList<LedgerRun> runs, DateTimeOffset now, FreshnessLimits limits)
    {
        var renewed = runs.Where(r => r.State == RunState.Finished && r.Version == current.Version)
            .Select(r => r.Ended ?? r.Started)
            .Append(current.Created)
            .Max();
        TimeSpan? dataAge = DateOnly.TryParseExact(current.WindowTo, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var last)
            ? Positive(now - new DateTimeOffset(last.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero))
            : null;
        var age = Positive(now - renewed);
        return new Freshness(age <= limits.Lists ? FreshnessState.Fresh : FreshnessState.Stale, current, renewed, age, dataAge, limits);
    }

    private static TimeSpan Positive(TimeSpan span) => span > TimeSpan.Zero ? span : TimeSpan.Zero;
}
