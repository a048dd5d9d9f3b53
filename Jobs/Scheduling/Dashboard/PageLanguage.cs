namespace Recsys.Batch.Jobs.Scheduling.Dashboard;

/// <summary>
/// Hangfire names the language of its pages after the program's culture, which is the invariant one and no language. Its texts are English, and whoever has
/// them read out needs to be told.
/// </summary>
internal static class PageLanguage
{
    public static async Task Correct(HttpContext context, RequestDelegate next)
    {
        var body = context.Response.Body;
        using var held = new MemoryStream();
        context.Response.Body = held;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            context.Response.Body = body;
        }
        if (held.Length == 0) return;
        var bytes = held.GetBuffer().AsMemory(0, (int)held.Length);
        // As long as before, so a length that was said holds.
        if (bytes.Span.IndexOf("<html lang=\"iv\""u8) is >= 0 and var at) "<html lang=\"en\""u8.CopyTo(bytes.Span[at..]);
        await body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
