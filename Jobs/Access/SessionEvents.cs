using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Access;

/// <summary>
/// What the session cookie's own expiry does not say: the limit from sign-in on, that the user is still the one who signed in, and that nobody has signed out
/// of it on any host.
/// </summary>
internal sealed class SessionEvents(AccessDirectory directory, EndedSessions ended, ServeOptions options, TimeProvider time, ILogger<SessionEvents> log)
    : CookieAuthenticationEvents
{
    private const string SignInTime = "signed-in";

    /// <summary>What a request carries whose session nobody could be asked about.</summary>
    private static readonly object s_unknown = new();

    public override Task SigningIn(CookieSigningInContext context)
    {
        EndedSessions.Name(context.Principal!);
        context.Properties.Items[SignInTime] = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        bool within = context.Properties.Items.TryGetValue(SignInTime, out string? text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) < options.SessionLimit;
        bool current = within && directory.IsCurrent(context.Principal!);
        try
        {
            if (current && !ended.Has(context.Principal!)) return;
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // Nobody can say whether the session still is one: not this time, and the cookie stays for the next.
            SessionLog.Unknown(log, e);
            context.HttpContext.Items[s_unknown] = true;
            context.RejectPrincipal();
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(AccessSchemes.Session).ConfigureAwait(false);
    }

    public override Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context) => Challenge(context, StatusCodes.Status401Unauthorized);

    public override Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    // Someone who looks at a page is led to the sign-in page; a program, or a script of a page, is told.
    private static Task Challenge(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        if (context.HttpContext.Items.ContainsKey(s_unknown))
        {
            // To sign in again would not help.
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.RetryAfter = "5";
        }
        else if (HttpMethods.IsGet(context.Request.Method) && ProblemResponse.WantsPage(context.HttpContext)) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
