using System.Diagnostics.Metrics;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Api;

/// <summary>Gauges that are read from the tables when someone asks: what is published, and how the last runs ended.</summary>
internal sealed class PublishedGauges : IDisposable
{
    private const int RunsLookedAt = 100;

    private readonly Meter _meter;

    public PublishedGauges(IOutputStore store, IRunLedger ledger, FreshnessLimits limits, TimeProvider time, IMeterFactory meters)
    {
        IEnumerable<Freshness> Fresh() => Freshness.Of(store, ledger, time.GetUtcNow(), limits) is { Version: not null } fresh ? [fresh] : [];
        _meter = meters.Create("Recsys.Batch");
        _meter.CreateObservableGauge(
            "recsys.published.age",
            () => Current(store).Select(v => new Measurement<double>((time.GetUtcNow() - v.Created).TotalSeconds)), "s", "Age of the current version.");
        _meter.CreateObservableGauge(
            "recsys.published.renewed_age", () => Fresh().Select(f => new Measurement<double>(f.Age.TotalSeconds)), "s",
            "Time since a run last published or confirmed the current version.");
        _meter.CreateObservableGauge(
            "recsys.published.data_age",
            () => Fresh().Where(f => f.DataAge is not null).Select(f => new Measurement<double>(f.DataAge!.Value.TotalSeconds)), "s",
            "Time since the end of the last day of the current version's data.");
        _meter.CreateObservableGauge(
            "recsys.published.users", () => Current(store).Select(v => new Measurement<long>(v.Users)), null, "Users with a list in the current version.");
        _meter.CreateObservableGauge(
            "recsys.published.rows", () => Current(store).Select(v => new Measurement<long>(v.Rows)), null, "Rows of the current version's lists.");
        _meter.CreateObservableGauge(
            "recsys.last_run.ended", () => LastRuns(ledger), "s", "When the last run of a job and state ended, in seconds since 1970.");
    }

    public void Dispose() => _meter.Dispose();

    private static IEnumerable<VersionRecord> Current(IOutputStore store) => store.Current is { } version && store.Find(version) is { } found ? [found] : [];

    private static IEnumerable<Measurement<double>> LastRuns(IRunLedger ledger) => ledger.Runs(RunsLookedAt)
        .Where(r => r.Ended is not null)
        .GroupBy(r => (r.Job, r.State))
        .Select(g => new Measurement<double>(
            g.Max(r => r.Ended!.Value).ToUnixTimeMilliseconds() / 1000.0,
            new KeyValuePair<string, object?>("job", g.Key.Job), new KeyValuePair<string, object?>("state", g.Key.State.ToString().ToLowerInvariant())));
}
