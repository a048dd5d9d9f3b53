using System.Reflection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>
/// OpenTelemetry's exporter, from its start until it is disposed: spans of runs and stages, and the meters of <c>/metrics</c>. It works beside the runs: none
/// waits for a collector.
/// </summary>
internal sealed class OtlpExport : IAsyncDisposable
{
    /// <summary>Time at the end for what was not sent yet: a collector that does not answer must not keep a command from ending.</summary>
    private const int EndMilliseconds = 5_000;

    private const int LargestAnswer = 1 << 20;

    private readonly CollectorWatch _watch;
    private readonly TracerProvider _traces;
    private readonly MeterProvider _metrics;

    private OtlpExport(TelemetryOptions options, string node, Action<string?> changed)
    {
        var headers = OtlpHeaders.Read(options);
        string endpoint = options.OtlpEndpoint!.TrimEnd('/');
        var resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService(options.ServiceName, serviceVersion: Version, serviceInstanceId: node);
        _watch = new CollectorWatch(new Uri(endpoint), changed);
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(OwnSettingsAlone)
            .SetResourceBuilder(resource)
            // A run that a request asked for is not a part of that request, sampled or not.
            .SetSampler(new AlwaysOnSampler())
            .AddSource(RunTelemetry.Name)
            .AddOtlpExporter(o => Set(o, "/v1/traces"))
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(OwnSettingsAlone)
            .SetResourceBuilder(resource)
            .AddMeter(MetricsListener.Meters)
            .AddOtlpExporter(o => Set(o, "/v1/metrics"))
            .Build();

        void Set(OtlpExporterOptions exporter, string path)
        {
            bool grpc = options.OtlpProtocol == OtlpProtocol.Grpc;
            exporter.Protocol = grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri(grpc ? endpoint : endpoint + path);
            exporter.HttpClientFactory = () => Client(headers, TimeSpan.FromMilliseconds(exporter.TimeoutMilliseconds));
        }
    }

    private static string? Version => typeof(OtlpExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <param name="node">This process, as leases name it.</param>
    /// <param name="changed">Told why the collector takes nothing, once until that changes; null: it takes everything again. On any thread.</param>
    /// <returns>null where no collector is configured.</returns>
    /// <exception cref="ConfigurationException">A header is not where the options say.</exception>
    public static OtlpExport? Start(TelemetryOptions options, string node, Action<string?> changed) =>
        string.IsNullOrEmpty(options.OtlpEndpoint) ? null : new OtlpExport(options, node, changed);

    /// <summary>Sends what waits now, not in a few seconds (spans) or a minute (metrics).</summary>
    /// <returns>Whether the collector took it.</returns>
    public bool Flush() => _traces.ForceFlush(EndMilliseconds) & _metrics.ForceFlush(EndMilliseconds);

    /// <summary>Sends what is left, for a few seconds at most.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Task.Run(() => _traces.Shutdown(EndMilliseconds)), Task.Run(() => _metrics.Shutdown(EndMilliseconds))).ConfigureAwait(false);
        _traces.Dispose();
        _metrics.Dispose();
        _watch.Dispose();
    }

    /// <summary>The library reads the environment's <c>OTEL_*</c> by itself: a second configuration beside ours, whose faults nobody would be told.</summary>
    private static void OwnSettingsAlone(IServiceCollection services) => services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());

    private static HttpClient Client(IReadOnlyList<KeyValuePair<string, string>> headers, TimeSpan timeout)
    {
        // A redirect would carry the headers to another place.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
        {
            Timeout = timeout,
            MaxResponseContentBufferSize = LargestAnswer,
        };
        foreach (var (name, value) in headers) client.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        return client;
    }
}
