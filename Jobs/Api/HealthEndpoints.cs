using System.Data.Common;
using System.Text.Json;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Api;

/// <summary><c>/health</c>: whether the process lives, and whether what it serves is there. Open to probes, so it names states and no details.</summary>
internal sealed class HealthEndpoints(ConfiguredPipeline night, ServeOptions options, TimeProvider time)
{
    /// <summary>Anyone may ask, so the database is asked no more often than this.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private HealthDocument? _last;
    private long _asked;

    public static void Map(IEndpointRouteBuilder app)
    {
        var endpoints = app.ServiceProvider.GetRequiredService<HealthEndpoints>();
        app.MapGet("/health/live", context => Write(context, new HealthDocument("live", new Dictionary<string, string>()), true)).AllowAnonymous();
        app.MapGet("/health/ready", context =>
        {
            var found = endpoints.Ready();
            return Write(context, found, found.Status == "ready");
        }).AllowAnonymous();
    }

    private static Task Write(HttpContext context, HealthDocument document, bool well)
    {
        context.Response.StatusCode = well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, document, ApiJson.Default.HealthDocument, context.RequestAborted);
    }

    private HealthDocument Ready()
    {
        lock (_gate)
        {
            if (_last is null || time.GetElapsedTime(_asked) >= Kept) (_last, _asked) = (Look(), time.GetTimestamp());
            return _last;
        }
    }

    private HealthDocument Look()
    {
        var checks = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            // Opening looks at the schema too: one that a newer program wrote is refused.
            using var place = OutputConnection.OpenForServing(night.Options().Publish, time);
            checks["database"] = "ok";
            checks["schema"] = "ok";
            var current = place.Store.Current is { } version ? place.Store.Find(version) : null;
            checks["published"] = current is null ? "nothing yet" : "ok";
            checks["fresh"] = current is null ? "nothing yet" : Age(current);
        }
        catch (RecsysException)
        {
            checks["schema"] = "of another program version, or out of reach";
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            checks["database"] = "out of reach";
        }
        return new HealthDocument(checks.Values.All(c => c == "ok") ? "ready" : "not ready", checks);
    }

    private string Age(VersionRecord current) => options.ReadyWithin is { } most && time.GetUtcNow() - current.Created > most ? "too old" : "ok";
}
