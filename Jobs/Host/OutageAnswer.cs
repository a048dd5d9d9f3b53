using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Host;

/// <summary>Answers 503 where the database is away: whoever asked may ask again.</summary>
internal static class OutageAnswer
{
    private const string RetryAfterSeconds = "5";

    public static async Task Give(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (DatabaseAway.Is(e) && !context.Response.HasStarted)
        {
            context.RequestServices.GetRequiredService<OutageSignal>().Takes(e);
            var (response, headers) = (context.Response, context.Response.Headers);
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            (headers.ContentType, headers.ContentLength, headers.ETag) = (default, null, default);
            headers.CacheControl = "no-store";
            headers.RetryAfter = RetryAfterSeconds;
        }
    }
}
