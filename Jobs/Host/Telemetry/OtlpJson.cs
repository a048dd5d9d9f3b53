using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Recsys.Batch.Jobs.Host.Telemetry;

/// <summary>Spans as the JSON form of OTLP 1.x (<c>ExportTraceServiceRequest</c>): ids in hex, times in nanoseconds since 1970 as text.</summary>
internal static class OtlpJson
{
    public static byte[] Write(IReadOnlyList<Activity> spans, string service, string node)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("resourceSpans");
            json.WriteStartObject();
            json.WriteStartObject("resource");
            Attributes(json, [new("service.name", service), new("service.instance.id", node)]);
            json.WriteEndObject();
            json.WriteStartArray("scopeSpans");
            foreach (var scope in spans.GroupBy(s => s.Source.Name))
            {
                json.WriteStartObject();
                json.WriteStartObject("scope");
                json.WriteString("name", scope.Key);
                json.WriteEndObject();
                json.WriteStartArray("spans");
                foreach (var span in scope) Span(json, span);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.ToArray();
    }

    private static void Span(Utf8JsonWriter json, Activity span)
    {
        json.WriteStartObject();
        json.WriteString("traceId", span.TraceId.ToHexString());
        json.WriteString("spanId", span.SpanId.ToHexString());
        if (span.ParentSpanId != default) json.WriteString("parentSpanId", span.ParentSpanId.ToHexString());
        json.WriteString("name", span.DisplayName);
        json.WriteNumber("kind", 1 + (int)span.Kind);
        json.WriteString("startTimeUnixNano", Nanoseconds(span.StartTimeUtc));
        json.WriteString("endTimeUnixNano", Nanoseconds(span.StartTimeUtc + span.Duration));
        Attributes(json, span.TagObjects);
        json.WriteStartArray("events");
        foreach (var e in span.Events)
        {
            json.WriteStartObject();
            json.WriteString("timeUnixNano", Nanoseconds(e.Timestamp.UtcDateTime));
            json.WriteString("name", e.Name);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject("status");
        json.WriteNumber("code", (int)span.Status);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Attributes(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, object?>> attributes)
    {
        json.WriteStartArray("attributes");
        foreach (var (key, value) in attributes)
        {
            if (value is null) continue;
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteStartObject("value");
            switch (value)
            {
                case bool b:
                    json.WriteBoolean("boolValue", b);
                    break;
                case int or long:
                    json.WriteString("intValue", Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
                case double d when double.IsFinite(d):
                    json.WriteNumber("doubleValue", d);
                    break;
                default:
                    json.WriteString("stringValue", Convert.ToString(value, CultureInfo.InvariantCulture));
                    break;
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static string Nanoseconds(DateTime time) => ((time - DateTime.UnixEpoch).Ticks * 100).ToString(CultureInfo.InvariantCulture);
}
