using Recsys.Batch.Jobs.Access;

namespace Recsys.Batch.Jobs.Telemetry;

/// <summary>The exporter in a host: it starts before, and is put down after, whatever makes runs.</summary>
internal sealed partial class TelemetryService(TelemetryOptions options, HostInfo facts, ILogger<TelemetryService> log) : IHostedService
{
    private OtlpExport? _export;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _export = OtlpExport.Start(options, facts.Node, Say);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_export is { } export) await export.DisposeAsync().ConfigureAwait(false);
    }

    private void Say(string? failure)
    {
        if (failure is null) Takes(log);
        else NotTaken(log, failure);
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The collector of Telemetry:OtlpEndpoint does not take spans or metrics, which are lost until it does; runs go on. {Failure}")]
    private static partial void NotTaken(ILogger log, string failure);

    [LoggerMessage(Level = LogLevel.Information, Message = "The collector of Telemetry:OtlpEndpoint takes spans and metrics again")]
    private static partial void Takes(ILogger log);
}
