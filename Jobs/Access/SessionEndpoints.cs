using Microsoft.AspNetCore.Authentication;

namespace Recsys.Batch.Jobs.Access;

/// <summary>What a signed-in person does with the session itself. Each is a post with the page's token.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder app)
    {
        app.MapPost(AccessSetup.SignOutPath, async (HttpContext context, EndedSessions ended) =>
        {
            ended.End(context.User);
            context.Response.Cookies.Delete(Pseudonyms.RawCookie);
            await context.SignOutAsync(AccessSchemes.Session).ConfigureAwait(false);
            return Results.LocalRedirect("~" + AccessSetup.SignInPath);
        }).RequireAuthorization(AccessPolicies.Viewer);
        app.MapPost("/raw-ids", (HttpContext context, string? show, string? returnUrl, ILogger<Pseudonyms> log) =>
        {
            bool raw = show == "true";
            if (raw)
            {
                context.Response.Cookies.Append(
                    Pseudonyms.RawCookie, "1",
                    new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, IsEssential = true });
            }
            else context.Response.Cookies.Delete(Pseudonyms.RawCookie);
            SessionLog.RawIds(log, context.User.Identity?.Name, raw);
            return Results.LocalRedirect(LocalUrl.Or(returnUrl, "/"));
        }).RequireAuthorization(AccessPolicies.Operator);
    }
}

internal static partial class SessionLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{User} switched raw user ids to {Raw}")]
    public static partial void RawIds(ILogger log, string? user, bool raw);

    [LoggerMessage(Level = LogLevel.Information, Message = "{User} signed in")]
    public static partial void SignedIn(ILogger log, string user);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A sign-in failed, from {Address}")]
    public static partial void Refused(ILogger log, System.Net.IPAddress? address);

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "Whether a session was signed out of cannot be asked of the ledger, so its request was not answered")]
    public static partial void Unknown(ILogger log, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in was slowed down, from {Address}")]
    public static partial void Slowed(ILogger log, System.Net.IPAddress? address);
}
