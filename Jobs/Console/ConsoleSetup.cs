namespace Recsys.Batch.Jobs.Console;

/// <summary>What the console adds to the host.</summary>
internal static class ConsoleSetup
{
    /// <summary>Services of the pages; Razor Pages themselves are there, with <c>/Console/Pages</c> as their root.</summary>
    public static IServiceCollection AddConsole(this IServiceCollection services) => services;

    /// <summary>Static files: before routing, for everyone.</summary>
    public static IApplicationBuilder UseConsoleFiles(this IApplicationBuilder app) => app;

    /// <summary>Endpoints besides the pages. The fallback policy asks for a viewer; name <c>AccessPolicies.Operator</c> where something is changed.</summary>
    public static void MapConsole(this IEndpointRouteBuilder app)
    {
    }
}
