using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Host.Telemetry;

/// <summary>Sends spans of runs and stages to a collector, every few seconds. The exporter's package is not in the Portable set; its JSON form is small.</summary>
internal sealed partial class OtlpTraces : BackgroundService
{
    /// <summary>A collector that is away must not fill the memory: beyond so many, new spans are dropped.</summary>
    private const int MostWaiting = 4_096;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<Activity> _waiting = new();
    private readonly ActivityListener _listener;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null }) { Timeout = TimeSpan.FromSeconds(10) };
    private readonly TelemetryOptions _options;
    private readonly HostFacts _facts;
    private readonly TimeProvider _time;
    private readonly ILogger<OtlpTraces> _log;
    private bool _failing;

    public OtlpTraces(TelemetryOptions options, HostFacts facts, TimeProvider time, ILogger<OtlpTraces> log)
    {
        (_options, _facts, _time, _log) = (options, facts, time, log);
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == RunTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (_waiting.Count < MostWaiting) _waiting.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>Sends what waits. What a collector does not take stays, for the next time.</summary>
    public async Task Flush(CancellationToken cancellation)
    {
        var spans = _waiting.ToArray();
        if (spans.Length == 0) return;
        using var content = new ByteArrayContent(OtlpJson.Write(spans, _options.ServiceName, _facts.Node));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        string? failure = null;
        try
        {
            using var response = await _client.PostAsync(_options.OtlpEndpoint!.TrimEnd('/') + "/v1/traces", content, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) failure = $"it answered {(int)response.StatusCode}";
        }
        catch (HttpRequestException e)
        {
            failure = $"it could not be reached ({e.HttpRequestError})";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            failure = "it did not answer in time";
        }
        if (failure is null)
            for (int i = 0; i < spans.Length; i++) _waiting.TryDequeue(out _);
        // Said once, not every few seconds.
        if (failure is not null && !_failing) NotSent(_log, failure);
        _failing = failure is not null;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await Flush(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _listener.Dispose();
        _client.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) await Flush(stoppingToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Spans wait: the collector of Telemetry:OtlpEndpoint does not take them, {Failure}")]
    private static partial void NotSent(ILogger log, string failure);
}
