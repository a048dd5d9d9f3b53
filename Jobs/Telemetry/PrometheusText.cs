using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>
/// Prometheus' text exposition format, version 0.0.4, as OpenTelemetry maps its names to it: dots are underscores, the unit and <c>_total</c> are suffixes.
/// </summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly double[] Seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 10_800];

    private static readonly Dictionary<string, string> Units = new(StringComparer.Ordinal)
    {
        ["s"] = "seconds",
        ["ms"] = "milliseconds",
        ["By"] = "bytes",
        ["1"] = "ratio",
    };

    public static string Write(IEnumerable<(Instrument Instrument, IReadOnlyList<MetricSeries> Series)> metrics)
    {
        var text = new StringBuilder();
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (instrument, series) in metrics)
        {
            var kind = KindOf(instrument);
            string name = Name(instrument, kind);
            // Two meters may have instruments of one name; a family may stand only once.
            if (series.Count == 0 || !written.Add(name)) continue;
            if (!string.IsNullOrEmpty(instrument.Description))
                text.Append("# HELP ").Append(name).Append(' ').Append(Help(instrument.Description)).Append('\n');
            text.Append("# TYPE ").Append(name).Append(' ').Append(kind.ToString().ToLowerInvariant()).Append('\n');
            foreach (var one in series) Append(text, name, one);
        }
        return text.ToString();
    }

    public static MetricKind KindOf(Instrument instrument)
    {
        var type = instrument.GetType().IsGenericType ? instrument.GetType().GetGenericTypeDefinition() : instrument.GetType();
        return type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : MetricKind.Gauge;
    }

    /// <summary>Whether an instrument that Prometheus calls a gauge is told of changes rather than of values.</summary>
    public static bool IsUpDown(Instrument instrument) =>
        instrument.GetType().IsGenericType && instrument.GetType().GetGenericTypeDefinition() == typeof(UpDownCounter<>);

    /// <summary>Buckets as the instrument's maker advises, as OTLP has them too; else for durations, from half a millisecond to three hours.</summary>
    public static double[] Bounds(Instrument instrument) =>
        instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } ? [.. advised] : Seconds;

    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) return "";
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags) pairs[Identifier(key)] = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        return string.Join(',', pairs.Select(p => $"{p.Key}=\"{Label(p.Value)}\""));
    }

    private static void Append(StringBuilder text, string name, MetricSeries one)
    {
        var (sum, count, upTo) = one.Read();
        if (one.Bounds is not { } bounds)
        {
            Line(text, name, "", one.Labels, null, Number(sum));
            return;
        }
        for (int i = 0; i < bounds.Length; i++) Line(text, name, "_bucket", one.Labels, Number(bounds[i]), upTo[i].ToString(CultureInfo.InvariantCulture));
        Line(text, name, "_bucket", one.Labels, "+Inf", count.ToString(CultureInfo.InvariantCulture));
        Line(text, name, "_sum", one.Labels, null, Number(sum));
        Line(text, name, "_count", one.Labels, null, count.ToString(CultureInfo.InvariantCulture));
    }

    private static void Line(StringBuilder text, string name, string suffix, string labels, string? upTo, string value)
    {
        string all = upTo is null ? labels : labels.Length == 0 ? $"le=\"{upTo}\"" : $"{labels},le=\"{upTo}\"";
        text.Append(name).Append(suffix);
        if (all.Length > 0) text.Append('{').Append(all).Append('}');
        text.Append(' ').Append(value).Append('\n');
    }

    private static string Name(Instrument instrument, MetricKind kind)
    {
        string name = Identifier(instrument.Name);
        if (instrument.Unit is { Length: > 0 } unit && !unit.StartsWith('{') && Units.TryGetValue(unit, out string? word)
            && !name.EndsWith("_" + word, StringComparison.Ordinal))
        {
            name += "_" + word;
        }
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    private static string Identifier(string name) => string.Create(name.Length, name, (to, from) =>
    {
        for (int i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetter(from[i]) || i > 0 && char.IsAsciiDigit(from[i]) ? from[i] : '_';
    });

    private static string Label(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Help(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) =>
        double.IsNaN(value) ? "NaN"
        : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
