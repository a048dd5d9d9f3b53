using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Console;

namespace Recsys.Batch.Jobs.Host;

/// <summary>Turns away what another site makes a browser send, before any page or endpoint sees it.</summary>
internal static class RequestGuard
{
    /// <summary>
    /// Where everyone on this machine is an operator, a site could point a name of its own at this machine and read and write as if it were this host: only
    /// this machine's own names are answered.
    /// </summary>
    public static Task OwnNamesOnly(HttpContext context, RequestDelegate next)
    {
        string host = context.Request.Host.Host;
        bool own = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address);
        return own
            ? next(context)
            : ProblemResponse.Write(
                context, StatusCodes.Status400BadRequest, "Unknown host name", "In development without users and keys this host answers to localhost alone.");
    }

    /// <summary>
    /// Cookies of a host behind a proxy travel over https alone, so where the proxy does not say that the line was https, no page could give one. Programs
    /// carry keys and need none.
    /// </summary>
    public static Task HttpsPagesOnly(HttpContext context, RequestDelegate next)
    {
        if (context.Request.IsHttps || ProblemResponse.IsForPrograms(context)) return next(context);
        return ErrorPages.Write(
            context, StatusCodes.Status400BadRequest, "This page needs https",
            "The request came without X-Forwarded-Proto: https from a proxy that Serve:Proxies names. Have the proxy set it, open the console's https address, "
            + "or allow plain http with Serve:AllowPlainHttp.");
    }

    /// <summary>
    /// Every request that may change something comes from a page of this host and carries that page's token; a program's key stands for both.
    /// </summary>
    public static async Task OwnPagesOnly(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(
            request.Method) || HttpMethods.IsOptions(request.Method) || context.User.Identity?.AuthenticationType == AccessSchemes.Key)
        {
            await next(context).ConfigureAwait(false);
            return;
        }
        if (IsCrossSite(request))
        {
            await ProblemResponse.Write(
                context, StatusCodes.Status400BadRequest, "Cross-site request",
                "A request that changes something must come from a page of this host.").ConfigureAwait(false);
            return;
        }
        if (!await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context).ConfigureAwait(false))
        {
            await ProblemResponse.Write(
                context, StatusCodes.Status400BadRequest, "The page is out of date",
                "Reload the page and try again: its token is missing or from another session.").ConfigureAwait(false);
            return;
        }
        await next(context).ConfigureAwait(false);
    }

    private static bool IsCrossSite(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0 && site is not ("same-origin" or "none")) return true;
        string origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
    }
}
