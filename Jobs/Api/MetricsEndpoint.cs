using System.Text;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Api;

/// <summary><c>/metrics</c> for Prometheus, which sends a key as its <c>authorization: credentials</c>.</summary>
internal static class MetricsEndpoint
{
    public static void Map(IEndpointRouteBuilder app)
    {
        // Made now, not with the first scrape: what happened before it counts.
        var listener = app.ServiceProvider.GetRequiredService<MetricsListener>();
        app.ServiceProvider.GetRequiredService<PublishedGauges>();
        app.MapGet("/metrics", context =>
        {
            byte[] body = Encoding.UTF8.GetBytes(PrometheusText.Write(listener.Collect()));
            context.Response.ContentType = PrometheusText.ContentType;
            context.Response.ContentLength = body.Length;
            return context.Response.Body.WriteAsync(body, 0, body.Length, context.RequestAborted);
        }).RequireAuthorization(AccessPolicies.Viewer);
    }
}
