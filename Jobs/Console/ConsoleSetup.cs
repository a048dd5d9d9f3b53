using Microsoft.Extensions.DependencyInjection.Extensions;
using Recsys.Batch.Jobs.Console.Views;

namespace Recsys.Batch.Jobs.Console;

/// <summary>
/// The operators' console as the host takes it in. Pages ask for the policies <c>viewer</c> and <c>operator</c> and take the ledgers, the output store, the scheduler,
/// the night's options and the clock from the host's services; nothing else.
/// </summary>
public static class ConsoleSetup
{
    public const string Viewer = "viewer";
    public const string Operator = "operator";

    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<AssetLibrary>();
        services.AddSingleton<RunArchive>();
        services.AddSingleton<ListArchive>();
        services.TryAddSingleton(ConsoleLimits.Default);
        services.AddHttpContextAccessor();
        services.AddScoped<Surface>();
        services.AddRazorPages(options =>
        {
            options.RootDirectory = "/Console/Pages";
            options.Conventions.AuthorizeFolder("/", Viewer);
        }).AddApplicationPart(typeof(ConsoleSetup).Assembly);
        return services;
    }

    public static IEndpointRouteBuilder MapConsole(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/assets/{hash}/{**name}", (string hash, string name, HttpContext http, AssetLibrary library) =>
        {
            if (library.Find(name) is not { } asset) return Results.NotFound();
            // Another build's address: answered, but not kept.
            http.Response.Headers.CacheControl = hash == library.Hash ? "public, max-age=31536000, immutable" : "no-cache";
            return Results.Bytes(asset.Bytes, asset.ContentType);
        }).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapRazorPages();
        return endpoints;
    }
}
