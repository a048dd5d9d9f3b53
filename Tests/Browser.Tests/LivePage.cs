using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recsys.Batch.Jobs.Console;
using Recsys.Batch.Jobs.Tests.Console;

namespace Recsys.Batch.Browser.Tests;

/// <summary>A page with the console's own scripts and two live regions whose content the test sets.</summary>
internal sealed class LivePage : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile string _content;
    private volatile string _clock = "0";

    private LivePage(WebApplication app, string content) => (_app, _content) = (app, content);

    public string Address => _app.Urls.First();

    /// <summary>HTML in the region <c>live</c>, from its next refresh on.</summary>
    public string Content
    {
        set => _content = value;
    }

    /// <summary>HTML in the region <c>clock</c> beside it, from its next refresh on.</summary>
    public string Clock
    {
        set => _clock = value;
    }

    public static async Task<LivePage> Start(string content)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<AssetLibrary>();
        var app = builder.Build();
        var page = new LivePage(app, content);
        app.Use((http, next) =>
        {
            http.Response.Headers.ContentSecurityPolicy = PageHost.Policy;
            return next(http);
        });
        app.UseConsoleFiles();
        app.MapGet("/", (AssetLibrary assets) => Html(page.Whole(assets)));
        app.MapGet("/live", () => Html(Region("live", page._content)));
        app.MapGet("/clock", () => Html(Region("clock", page._clock)));
        await app.StartAsync();
        return page;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static IResult Html(string text) => Results.Content(text, "text/html; charset=utf-8");

    private static string Region(string id, string content) => $"""<div id="{id}" data-live="/{id}" data-every="40">{content}</div>""";

    private string Whole(AssetLibrary assets) =>
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
          <title>Live</title>
          <link rel="icon" href="{assets.Address("mark.svg")}">
          <link rel="stylesheet" href="{assets.Address("css/parts.css")}">
          <script type="module" src="{assets.Address("js/console.js")}"></script>
        </head>
        <body><main id="main" tabindex="-1">{Region("live", _content)}{Region("clock", _clock)}</main></body>
        </html>
        """;
}
