using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Access.OpenId;

/// <summary>The authorization code flow with PKCE (RFC 6749, RFC 7636; OpenID Connect Core 1.0), by the framework's handler.</summary>
internal static class OpenIdSetup
{
    /// <summary>Where the provider sends people back to.</summary>
    public const string CallbackPath = "/sign-in/openid";

    /// <summary>Where people start from.</summary>
    public const string StartPath = CallbackPath + "/start";

    /// <summary>Query key of <see cref="StartPath"/>: the provider is to ask who it is, even of someone whom it knows.</summary>
    public const string AnotherPerson = "another";

    /// <summary>
    /// The page after the provider's answer. The session's cookie goes with requests that this host's own pages make, and the way from the provider to the
    /// callback and on is not one of them: so that answer ends on a page of ours, which goes on by itself.
    /// </summary>
    public const string SignedInPath = CallbackPath + "/arrived";

    /// <exception cref="Pipeline.Errors.ConfigurationException">The secret is not where the configuration says.</exception>
    public static void AddOpenId(this AuthenticationBuilder authentication, OpenIdOptions options, CookieSecurePolicy secure)
    {
        string? secret = options.ClientSecret is { Length: > 0 } source ? SecretSource.Read("Serve:OpenId:ClientSecret", source, "the client's secret") : null;
        authentication.Services.AddSingleton<OpenIdFlow>();
        authentication.AddOpenIdConnect(AccessSchemes.OpenId, o =>
        {
            (o.Authority, o.ClientId, o.ClientSecret) = (options.Authority, options.ClientId, secret);
            o.RequireHttpsMetadata = options.Authority!.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            o.SignInScheme = AccessSchemes.Session;
            o.CallbackPath = CallbackPath;
            o.ResponseType = OpenIdConnectResponseType.Code;
            // An answer by address, not by a form of another site, lets the cookies of the way be Lax.
            o.ResponseMode = OpenIdConnectResponseMode.Query;
            o.MapInboundClaims = false;
            o.GetClaimsFromUserInfoEndpoint = true;
            o.ClaimActions.MapJsonKey(options.RoleClaim, options.RoleClaim);
            foreach (string claim in (string[])[options.NameClaim, "email"]) o.ClaimActions.MapUniqueJsonKey(claim, claim);
            o.Scope.Clear();
            foreach (string scope in options.Scopes) o.Scope.Add(scope);
            // To end a session takes a page of ours with its token, or anybody's link could.
            o.RemoteSignOutPath = o.SignedOutCallbackPath = PathString.Empty;
            // Redirected, the client's secret would go along.
            o.BackchannelHttpHandler = new SocketsHttpHandler { AllowAutoRedirect = false };
            o.DisableTelemetry = true;
            o.EventsType = typeof(OpenIdFlow);
            foreach (var cookie in (CookieBuilder[])[o.CorrelationCookie, o.NonceCookie]) (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, secure);
        });
    }

    public static void MapOpenId(this IEndpointRouteBuilder app) => app.MapGet(StartPath, OpenIdFlow.Start).AllowAnonymous();
}
