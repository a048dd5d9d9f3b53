using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Recsys.Batch.Jobs.Access.OpenId;

namespace Recsys.Batch.Jobs.Access;

/// <summary>Who may do what: schemes, policies, antiforgery, and the keys that sessions are sealed with.</summary>
internal static class AccessSetup
{
    public const string SignInPath = "/sign-in";
    public const string SignOutPath = "/sign-out";
    public const string AntiforgeryHeader = "X-Antiforgery";

    /// <param name="openAccess">Development without users and keys.</param>
    /// <param name="secureCookies">Cookies travel over https alone.</param>
    public static void AddAccess(this IServiceCollection services, ServeOptions options, string dataFolder, bool openAccess, bool secureCookies)
    {
        services.AddSingleton<AccessDirectory>().AddSingleton<SignInThrottle>().AddSingleton<EndedSessions>().AddSingleton<SessionEvents>();
        services.AddDataProtection()
            .SetApplicationName("Recsys.Batch")
            .AddKeyManagementOptions(keys => keys.XmlRepository = new SessionKeyFiles(Path.Combine(dataFolder, "session-keys")));
        var secure = secureCookies ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        var authentication = services.AddAuthentication(AccessSchemes.Any)
            .AddPolicyScheme(AccessSchemes.Any, null, any => any.ForwardDefaultSelector = context =>
                ApiKeyHandler.IsCarried(context.Request) ? AccessSchemes.Key : openAccess ? AccessSchemes.Development : AccessSchemes.Session)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(AccessSchemes.Key, null)
            .AddCookie(AccessSchemes.Session, session =>
            {
                session.Cookie.Name = secureCookies ? "__Host-recsys" : "recsys";
                session.Cookie.HttpOnly = true;
                session.Cookie.SameSite = SameSiteMode.Strict;
                session.Cookie.SecurePolicy = secure;
                session.LoginPath = SignInPath;
                session.LogoutPath = SignOutPath;
                session.ReturnUrlParameter = "returnUrl";
                session.SlidingExpiration = true;
                session.ExpireTimeSpan = options.SessionIdle;
                session.EventsType = typeof(SessionEvents);
            });
        if (options.OpenId.IsOn && options.Roles.Contains(HostRole.Web)) authentication.AddOpenId(options.OpenId, secure);
        if (openAccess) authentication.AddScheme<AuthenticationSchemeOptions, DevelopmentHandler>(AccessSchemes.Development, null);
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = secureCookies ? "__Host-recsys-form" : "recsys-form";
            antiforgery.Cookie.HttpOnly = true;
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.Cookie.SecurePolicy = secure;
            antiforgery.HeaderName = AntiforgeryHeader;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        var viewer = new AuthorizationPolicyBuilder().RequireRole(nameof(AccessRole.Viewer), nameof(AccessRole.Operator)).Build();
        services.AddAuthorizationBuilder()
            .SetDefaultPolicy(viewer)
            .SetFallbackPolicy(viewer)
            .AddPolicy(AccessPolicies.Viewer, viewer)
            .AddPolicy(AccessPolicies.Operator, policy => policy.RequireRole(nameof(AccessRole.Operator)));
    }
}
