using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>Sums up what the meters of this process say, for <c>/metrics</c>: ours, the web server's and the runtime's.</summary>
internal sealed class MetricsListener : IDisposable
{
    /// <summary>Series of one instrument; what comes beyond is counted under none, so that labels cannot fill the memory.</summary>
    private const int MaxSeries = 2_000;

    /// <summary>Names of the meters that leave the process.</summary>
    public static readonly string[] Meters = ["Recsys.Batch", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, MetricSeries>> _instruments = new();

    /// <param name="own">This host's meters; those of another host in the same process are its own affair.</param>
    public MetricsListener(IMeterFactory own)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            bool ours = instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, own);
            if (ours && Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<int>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Record(i, v, tags));
        _listener.SetMeasurementEventCallback<float>((i, v, tags, _) => Record(i, v, tags));
        _listener.Start();
    }

    /// <summary>Every instrument that has said something, with its series, in the order of their names.</summary>
    public IReadOnlyList<(Instrument Instrument, IReadOnlyList<MetricSeries> Series)> Collect()
    {
        // An observed series that is no longer there must not stay at its last value.
        foreach (var (instrument, series) in _instruments)
            if (instrument.IsObservable) series.Clear();
        _listener.RecordObservableInstruments();
        return [.. _instruments
            .OrderBy(i => i.Key.Name, StringComparer.Ordinal)
            .Select(i => (i.Key, (IReadOnlyList<MetricSeries>)[.. i.Value.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value)]))];
    }

    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _instruments.GetOrAdd(instrument, _ => new ConcurrentDictionary<string, MetricSeries>(StringComparer.Ordinal));
        string labels = PrometheusText.Labels(tags);
        if (!series.TryGetValue(labels, out var one))
        {
            if (series.Count >= MaxSeries) return;
            one = series.GetOrAdd(
                labels, l => new MetricSeries(l, PrometheusText.KindOf(instrument) == MetricKind.Histogram ? PrometheusText.Bounds(instrument) : null));
        }
        one.Record(value, isWhole: instrument.IsObservable || PrometheusText.KindOf(instrument) == MetricKind.Gauge && !PrometheusText.IsUpDown(instrument));
    }
}
