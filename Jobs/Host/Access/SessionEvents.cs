using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Recsys.Batch.Jobs.Host.Access;

/// <summary>What the session cookie's own expiry does not say: the limit from sign-in on, and that the user is still the one who signed in.</summary>
internal sealed class SessionEvents(AccessDirectory directory, ServeOptions options, TimeProvider time) : CookieAuthenticationEvents
{
    private const string SignInTime = "signed-in";

    public override Task SigningIn(CookieSigningInContext context)
    {
        context.Properties.Items[SignInTime] = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        bool within = context.Properties.Items.TryGetValue(SignInTime, out string? text)
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds) < options.SessionLimit;
        if (within && directory.IsCurrent(context.Principal!)) return;
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
        if (HttpMethods.IsGet(context.Request.Method) && Answers.IsForPeople(context.HttpContext)) context.Response.Redirect(context.RedirectUri);
        else context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
