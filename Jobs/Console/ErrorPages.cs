using Recsys.Batch.Jobs.Access;

namespace Recsys.Batch.Jobs.Console;

/// <summary>Errors as their readers want them: pages for people, documents of RFC 9457 for programs.</summary>
internal static class ErrorPages
{
    /// <summary>Gives a body to answers that have a status alone: a challenge, a refusal, an address that leads nowhere.</summary>
    public static async Task Fill(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = e.StatusCode;
        }
        if (context.Response.HasStarted || context.Response.StatusCode < 400 || context.Response.ContentLength > 0 || context.Response.ContentType is not null)
            return;
        var (title, detail) = TextOf(context.Response.StatusCode);
        await Write(context, context.Response.StatusCode, title, detail).ConfigureAwait(false);
    }

    /// <summary>A page for people, a document for programs.</summary>
    /// <param name="detail">A fixed text: nothing of a request is given back.</param>
    public static Task Write(HttpContext context, int status, string title, string? detail)
    {
        context.Response.StatusCode = status;
        return ProblemResponse.WantsPage(context) ? Page(context, title, detail) : ProblemResponse.Write(context, status, title, detail);
    }

    private static Task Page(HttpContext context, string title, string? detail)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        var assets = context.RequestServices.GetRequiredService<AssetLibrary>();
        string sheets = string.Concat(
            ((string[])["tokens", "base", "shell"]).Select(s => $"<link rel=\"stylesheet\" href=\"{assets.Address($"css/{s}.css")}\">"));
        return context.Response.WriteAsync(
            $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title}</title>{sheets}</head>
            <body><div class="enter"><main><h1>{title}</h1><p>{detail}</p><p><a href="/">To the overview</a></p></main></div></body></html>
            """,
            context.RequestAborted);
    }

    // Fixed texts, all of them: nothing of a request is given back.
    private static (string Title, string? Detail) TextOf(int status) => status switch
    {
        400 => ("Bad request", "The request cannot be understood."),
        401 => ("Not signed in", "Send a key as X-Api-Key or Authorization: Bearer, or sign in at /sign-in."),
        403 => ("Not allowed", "This needs the role of an operator."),
        404 => ("Not found", "There is nothing at this address."),
        405 => ("Method not allowed", "The address is known, but not for this method."),
        413 => ("Too large", "The request's body is larger than this host takes."),
        415 => ("Unsupported media type", null),
        429 => ("Too many requests", "Wait as long as Retry-After says."),
        503 => ("Not ready", "The host's database does not answer at the moment. Nothing is lost: try again in a few seconds."),
        _ => (status >= 500 ? "Something went wrong" : "The request was refused", status >= 500 ? "The host's log says what." : null),
    };
}
