namespace Recsys.Batch.Jobs.Host;

/// <summary>
/// Pages and downloads read files of runs and versions, and a forget, a prune or the end of a night takes such files away. Who looks at that moment finds a
/// folder and then not its file. A second look finds neither, and says so in the page's own words.
/// </summary>
internal static class SecondLook
{
    public static async Task Take(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException && !context.Response.HasStarted
            && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            // Headers that are not of the page, of security for one, stay.
            var (response, headers) = (context.Response, context.Response.Headers);
            response.StatusCode = StatusCodes.Status200OK;
            (headers.ContentType, headers.ContentLength, headers.ContentDisposition) = (default, null, default);
            await next(context).ConfigureAwait(false);
        }
    }
}
