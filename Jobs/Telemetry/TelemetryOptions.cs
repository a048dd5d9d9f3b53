using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>
/// Section <c>Telemetry</c>: the OpenTelemetry collector that spans of runs and stages and metrics are sent to, by hosts and by runs in the foreground.
/// </summary>
internal sealed class TelemetryOptions : IStageOptions
{
    /// <summary>A collector that takes OTLP, as <c>http://localhost:4318</c> (Grpc: 4317); empty: nothing is sent.</summary>
    public string? OtlpEndpoint { get; set; }

    /// <summary>How the collector is spoken to.</summary>
    public OtlpProtocol OtlpProtocol { get; set; } = OtlpProtocol.HttpProtobuf;

    /// <summary>
    /// Headers of every request, by name, as <c>Authorization</c>: <c>env:NAME</c> (environment variable) or <c>file:PATH</c> that holds the value, or the
    /// value itself. Shown nowhere.
    /// </summary>
    public Dictionary<string, string> OtlpHeaders { get; set; } = [];

    /// <summary>How this installation calls itself at the collector.</summary>
    public string ServiceName { get; set; } = "recsys-batch";

    public void Validate(OptionsCheck check)
    {
        var uri = Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var found) && found.Scheme is "http" or "https" ? found : null;
        check
            .Require(OtlpEndpoint is null || uri is not null, OtlpEndpoint, "an address as http://localhost:4318")
            .Require(
                uri is not { UserInfo.Length: > 0 }, "an address with a password in it",
                $"an address as http://localhost:4318; what the collector wants to see goes into Telemetry:{nameof(OtlpHeaders)}", nameof(OtlpEndpoint))
            .NotEmpty(ServiceName, "a name");
        foreach (string name in OtlpHeaders.Keys)
            check.Require(Recsys.Batch.Jobs.Telemetry.OtlpHeaders.IsName(name), name, "the name of a request's header, as Authorization", nameof(OtlpHeaders));
    }
}

/// <summary>The two forms of OTLP that collectors take.</summary>
internal enum OtlpProtocol
{
    /// <summary>Protobuf over HTTP/1.1, to <c>/v1/traces</c> and <c>/v1/metrics</c> below the endpoint.</summary>
    HttpProtobuf,

    /// <summary>gRPC over HTTP/2.</summary>
    Grpc,
}
