namespace Recsys.Batch.Jobs.Api;

/// <summary>The read API.</summary>
internal static class ApiSetup
{
    public static IServiceCollection AddApi(this IServiceCollection services) => services;

    public static void MapApi(this IEndpointRouteBuilder app) =>
        app.MapGet("/health/live", () => Results.Text("alive\n")).AllowAnonymous();
}
