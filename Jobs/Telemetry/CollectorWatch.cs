using System.Diagnostics.Tracing;
using System.Text.RegularExpressions;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>
/// Hears from the exporter, which reports to an event source alone, whether <paramref name="collector"/> takes what it is sent, and says each change once.
/// </summary>
/// <param name="changed">Why something is not taken; null: all of it is again.</param>
internal sealed partial class CollectorWatch(Uri collector, Action<string?> changed) : EventListener
{
    private const string Exporter = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const int MaxCauseLength = 200;

    private readonly Lock _gate = new();
    private readonly string _own = collector.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Causes by address: spans and metrics go to one each, and a collector may take only the one kind.</summary>
    private readonly Dictionary<string, string> _failing = new(StringComparer.Ordinal);

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        // Informational: that something was taken.
        if (eventSource.Name == Exporter) EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Payload is not [string first, ..]) return;
        bool hasAddress = first.StartsWith("http", StringComparison.OrdinalIgnoreCase);
        // Another host of this process has a watch of its own.
        if (hasAddress && !first.StartsWith(_own, StringComparison.OrdinalIgnoreCase)) return;
        if (eventData.EventName == "ExportSuccess") Taken(first);
        else if (eventData.Level is EventLevel.Critical or EventLevel.Error or EventLevel.Warning)
            Refused(hasAddress ? first : eventData.EventName ?? "", Cause(eventData.Payload.OfType<string>().Last()));
    }

    /// <summary>
    /// The exporter hands over whole stack traces, and a gRPC status with whatever text the collector put there, which may be our own header: what is left is
    /// one sentence.
    /// </summary>
    internal static string Cause(string text)
    {
        if (GrpcStatus().Match(text) is { Success: true } status) return $"it answered {status.Groups[1].Value}";
        var lines = text.Split('\n');
        string line = lines.Length > 1 && lines[0].Contains("see inner exception", StringComparison.Ordinal) ? lines[1] : lines[0];
        line = TypeName().Replace(line.Trim(), "");
        return line.Length > MaxCauseLength ? line[..MaxCauseLength] : line;
    }

    private void Taken(string address)
    {
        lock (_gate)
        {
            if (!_failing.Remove(address) || _failing.Count > 0) return;
        }
        changed(null);
    }

    private void Refused(string what, string cause)
    {
        lock (_gate)
        {
            bool said = _failing.ContainsValue(cause);
            _failing[what] = cause;
            if (said) return;
        }
        changed(cause);
    }

    [GeneratedRegex("^Status\\(StatusCode=\"?(\\w+)")]
    private static partial Regex GrpcStatus();

    [GeneratedRegex("^(---> )?[A-Za-z.]+Exception( \\([^)]*\\))?: ")]
    private static partial Regex TypeName();
}
