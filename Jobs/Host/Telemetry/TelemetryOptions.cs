using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Host.Telemetry;

/// <summary>Section <c>Telemetry</c>: where spans of runs and stages go. Metrics are read from <c>/metrics</c>.</summary>
public sealed class TelemetryOptions : IStageOptions
{
    /// <summary>An OpenTelemetry collector that takes OTLP over HTTP, as <c>http://localhost:4318</c>; empty: spans go nowhere.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>How this installation calls itself in traces.</summary>
    public string ServiceName { get; set; } = "recsys-batch";

    public void Validate(OptionsCheck check) => check
        .Require(OtlpEndpoint is null || Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https", OtlpEndpoint, "an address as http://localhost:4318")
        .NotEmpty(ServiceName, "a name");
}
