using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;

namespace Recsys.Batch.Jobs.Console;

/// <summary>What the console adds to the host.</summary>
internal static class ConsoleSetup
{
    /// <summary>
    /// Services of the pages; Razor Pages themselves are there, with <c>/Console/Pages</c> as their root. What the host has of its own stands.
    /// </summary>
    public static IServiceCollection AddConsole(this IServiceCollection services)
    {
        services.AddSingleton<AssetLibrary>();
        services.AddSingleton<RunArchive>();
        services.AddSingleton<ListArchive>();
        services.AddSingleton<PlaceArchive>();
        services.AddSingleton<QuarantineFile>();
        services.AddSingleton<SweepArchive>();
        services.AddSingleton<ChangeArchive>();
        services.AddSingleton<FeedbackArchive>();
        services.AddSingleton<ExperimentArchive>();
        services.AddSingleton<UserTokens>();
        services.AddHttpContextAccessor();
        services.AddScoped<ConsoleContext>();
        services.TryAddSingleton(ZoneClock.Utc);
        services.TryAddSingleton<IJobScheduler, NoScheduler>();
        services.Configure<MvcOptions>(mvc => mvc.Filters.Add(new ExplainFailures()));
        return services;
    }

    /// <summary>Static files: before routing, for everyone.</summary>
    public static IApplicationBuilder UseConsoleFiles(this IApplicationBuilder app)
    {
        var library = app.ApplicationServices.GetRequiredService<AssetLibrary>();
        return app.Use((http, next) =>
        {
            if (!http.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal, out var rest)
                || !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            {
                return next(http);
            }
            string[] parts = rest.Value!.Split('/', 3);
            if (parts.Length < 3 || library.Find(parts[2]) is not { } asset) return next(http);
            // Another build's address: answered, but not kept.
            http.Response.Headers.CacheControl = parts[1] == library.Hash ? "public, max-age=31536000, immutable" : "no-cache";
            http.Response.ContentType = asset.ContentType;
            http.Response.ContentLength = asset.Bytes.Length;
            return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(asset.Bytes, http.RequestAborted).AsTask();
        });
    }

    /// <summary>Endpoints besides the pages. The fallback policy asks for a viewer; name <c>AccessPolicies.Operator</c> where something is changed.</summary>
    public static void MapConsole(this IEndpointRouteBuilder app) => Downloads.Map(app);
}
