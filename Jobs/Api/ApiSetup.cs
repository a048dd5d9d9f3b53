using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Api;

/// <summary>The read API: <c>/v1</c>, <c>/health</c>, <c>/metrics</c> and the document that describes them.</summary>
internal static class ApiSetup
{
    public const string DocumentPath = "/openapi/v1.json";

    public static IServiceCollection AddApi(this IServiceCollection services) => services
        .AddSingleton<ReadEndpoints>()
        .AddSingleton<PlaceEndpoints>()
        .AddSingleton<HealthEndpoints>()
        .AddSingleton<MetricsListener>()
        .AddSingleton<PublishedGauges>()
        .AddMetrics();

    /// <summary>What every host answers, whatever its roles.</summary>
    public static void MapProbes(this IEndpointRouteBuilder app)
    {
        HealthEndpoints.Map(app);
        MetricsEndpoint.Map(app);
    }

    public static void MapApi(this IEndpointRouteBuilder app)
    {
        ReadEndpoints.Map(app);
        PlaceEndpoints.Map(app);
        byte[] document = OpenApi.Read();
        app.MapGet(DocumentPath, context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = document.Length;
            return context.Response.Body.WriteAsync(document, 0, document.Length, context.RequestAborted);
        }).RequireAuthorization(AccessPolicies.Viewer);
    }
}
