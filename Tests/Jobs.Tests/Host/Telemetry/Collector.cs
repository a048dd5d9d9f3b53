using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>Takes OTLP as protobuf over HTTP/1.1 or gRPC on a port of this machine, and keeps what came.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private const string Grpc = "application/grpc";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, Dictionary<string, string> Headers, byte[] Body)> _requests = new();

    private Collector(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>Status of every answer.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Where every answer points to.</summary>
    public string? Redirect { get; set; }

    public int Requests => _requests.Count;

    public IEnumerable<string> Paths => _requests.Select(r => r.Path);

    public IEnumerable<string?> Header(string name) => _requests.Select(r => r.Headers.GetValueOrDefault(name));

    public IEnumerable<CollectedSpan> Spans =>
        from request in _requests
        where request.Path.EndsWith("/v1/traces", StringComparison.Ordinal) || request.Path.EndsWith("TraceService/Export", StringComparison.Ordinal)
        from resource in new ProtoMessage(request.Body).All(1)
        from scope in resource.All(2)
        from span in scope.All(2)
        select new CollectedSpan(
            span.Text(5), span.Hex(1), span.Hex(2), span.Hex(4), scope.All(1).Single().Text(1), span.Number(7), span.Number(8), span.Attributes(9),
            span.All(15).FirstOrDefault()?.Number(3) ?? 0, resource.All(1).Single().Attributes(1));

    public IEnumerable<CollectedPoint> Points =>
        from request in _requests
        where request.Path.EndsWith("/v1/metrics", StringComparison.Ordinal) || request.Path.EndsWith("MetricsService/Export", StringComparison.Ordinal)
        from resource in new ProtoMessage(request.Body).All(1)
        from scope in resource.All(2)
        from metric in scope.All(2)
        from kind in new[] { 5, 7, 9 }
        from data in metric.All(kind)
        from point in data.All(1)
        select kind == 9
            ? new CollectedPoint(
                metric.Text(1), metric.Text(3), point.Attributes(9), point.Double(5), point.Number(4), point.Doubles(7), resource.All(1).Single().Attributes(1))
            : new CollectedPoint(
                metric.Text(1), metric.Text(3), point.Attributes(7), point.Has(4) ? point.Double(4) : point.Number(6), 1, [],
                resource.All(1).Single().Attributes(1));

    /// <summary>Everything that came, as it came.</summary>
    public string Raw => string.Concat(_requests.Select(r => Encoding.Latin1.GetString(r.Body)));

    public static async Task<Collector> Start(OtlpProtocol protocol = OtlpProtocol.HttpProtobuf)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            kestrel.Listen(
                System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = protocol == OtlpProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var collector = new Collector(builder.Build());
        collector._app.Run(collector.Take);
        await collector._app.StartAsync();
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        bool grpc = context.Request.ContentType == Grpc;
        // A gRPC message has five bytes before it, whether it is compressed and its length.
        _requests.Enqueue((
            context.Request.Path,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            grpc ? body.ToArray()[5..] : body.ToArray()));
        if (Redirect is { } elsewhere) context.Response.Headers.Location = elsewhere;
        if (!grpc)
        {
            context.Response.StatusCode = Status;
            return;
        }
        context.Response.ContentType = Grpc;
        context.Response.DeclareTrailer("grpc-status");
        context.Response.DeclareTrailer("grpc-message");
        await context.Response.Body.WriteAsync(new byte[5]);
        context.Response.AppendTrailer("grpc-status", Status == 200 ? "0" : "16");
        // Some collectors tell a caller what they did not like about it.
        context.Response.AppendTrailer("grpc-message", $"no access with {context.Request.Headers.Authorization}");
    }
}

internal sealed record CollectedSpan(
    string Name, string TraceId, string SpanId, string ParentId, string Scope, ulong Start, ulong End, Dictionary<string, object> Attributes, ulong Status,
    Dictionary<string, object> Resource);

internal sealed record CollectedPoint(
    string Name, string Unit, Dictionary<string, object> Attributes, double Value, ulong Count, double[] Bounds, Dictionary<string, object> Resource);
