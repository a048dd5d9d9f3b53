using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Recsys.Batch.Jobs.Tests.Host.OpenId;

/// <summary>
/// A provider of OpenID Connect (OpenIddict's server) on a free port of this machine, under a name that is another site than the host's address. Whoever comes
/// is <see cref="Person"/>.
/// </summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "recsys";
    public const string Secret = "a secret that no log may hold";

    private WebApplication _app = null!;

    /// <summary>Claims of whoever comes next; null: they decline.</summary>
    public IReadOnlyList<(string Claim, string Value)>? Person { get; set; } =
    [
        ("sub", "1"), ("preferred_username", "grace"), ("roles", "staff"), ("roles", "shop-operators"),
    ];

    /// <summary>Whether a page of the provider stands between, from which people go on: then it is another site that leads them back.</summary>
    public bool Asks { get; set; }

    public string Authority => _app.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    public static async Task<IdentityProvider> Start()
    {
        var provider = new IdentityProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            server.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            server.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            server.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            server.RegisterScopes("profile");
            server.EnableDegradedMode().UseAspNetCore().DisableTransportSecurityRequirement();
            server.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId) context.Reject(OpenIddictConstants.Errors.InvalidClient, "no such client");
                return ValueTask.CompletedTask;
            }));
            server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != Secret) context.Reject(OpenIddictConstants.Errors.InvalidClient, "another secret");
                return ValueTask.CompletedTask;
            }));
            server.AddEventHandler<HandleAuthorizationRequestContext>(b => b.UseInlineHandler(context =>
            {
                if (provider.Person is { } person) context.SignIn(Principal(person));
                else context.Reject(OpenIddictConstants.Errors.AccessDenied, "<b>declined</b>");
                return ValueTask.CompletedTask;
            }));
        });
        provider._app = builder.Build();
        provider._app.Use((context, next) =>
        {
            if (!provider.Asks || context.Request.Path != "/connect/authorize" || context.Request.Query.ContainsKey("asked")) return next(context);
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(
                $"<!doctype html><title>Provider</title><link rel=\"icon\" href=\"data:,\"><a "
                + $"href=\"{WebUtility.HtmlEncode(context.Request.QueryString.Value)}&amp;asked=1\">It is me</a>");
        });
        provider._app.UseRouting();
        provider._app.UseAuthentication();
        await provider._app.StartAsync();
        return provider;
    }

    /// <summary>What makes a host trust it.</summary>
    public string[] Settings(string secret = Secret) =>
    [
        $"Serve:OpenId:Authority={Authority}", $"Serve:OpenId:ClientId={ClientId}", $"Serve:OpenId:ClientSecret={secret}",
        "Serve:OpenId:Label=the shop's accounts",
        "Serve:OpenId:Operators:0=shop-operators", "Serve:OpenId:Viewers:0=shop-viewers",
    ];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static ClaimsPrincipal Principal(IReadOnlyList<(string Claim, string Value)> person)
    {
        var identity = new ClaimsIdentity("provider", "preferred_username", "roles");
        foreach (var (claim, value) in person) identity.AddClaim(new Claim(claim, value));
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes("openid", "profile");
        principal.SetDestinations(_ => [OpenIddictConstants.Destinations.IdentityToken]);
        return principal;
    }
}
