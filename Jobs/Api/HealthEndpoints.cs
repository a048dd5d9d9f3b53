using System.Data.Common;
using System.Text.Json;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Api;

/// <summary><c>/health</c>: whether the process lives, and whether what it serves is there. Open to probes, so it names states and no details.</summary>
internal sealed class HealthEndpoints(ConfiguredPipeline night, ServeOptions options, FreshnessLimits limits, TimeProvider time)
{
    /// <summary>Anyone may ask, so the database is asked no more often than this.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(1);

    private const string NothingYet = "nothing yet";

    // Lists that nobody renewed are better than none: a probe is told, and the host stays ready.
    private const string Stale = "stale";
    private const string Old = "old";

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
            var fresh = Freshness.Of(place.Store, place.Ledger, time.GetUtcNow(), limits);
            checks["published"] = fresh.State == FreshnessState.Nothing ? NothingYet : "ok";
            checks["fresh"] = Words(fresh);
            checks["data"] = fresh.State == FreshnessState.Nothing ? NothingYet : fresh.HasOldData ? Old : "ok";
        }
        catch (Exception e) when (DatabaseAway.Is(e) || e is DbException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            checks["database"] = "out of reach";
        }
        catch (RecsysException)
        {
            checks["database"] = "ok";
            checks["schema"] = "of another program version";
        }
        return new HealthDocument(checks.Values.All(c => c is "ok" or Stale or Old) ? "ready" : "not ready", checks);
    }

    private string Words(Freshness fresh) =>
        fresh.State == FreshnessState.Nothing ? NothingYet
        : options.ReadyWithin is { } most && fresh.Age > most ? "too old"
        : fresh.State == FreshnessState.Stale ? Stale
        : "ok";
}
