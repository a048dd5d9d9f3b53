using Hangfire.Dashboard;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;

/// <summary>A button of the dashboard, for one job or for those that were ticked. Refusals are told as text, which our script shows.</summary>
/// <param name="act">Takes a job or a schedule and who asks; gives why it was refused, or null.</param>
internal sealed class DashboardCommand(Func<string, string, Task<string?>> act) : IDashboardDispatcher
{
    private const string Ticked = "jobs[]";

    public async Task Dispatch(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (!HttpMethods.IsPost(context.Request.Method) || context.IsReadOnly)
        {
            http.Response.StatusCode = context.IsReadOnly ? StatusCodes.Status403Forbidden : StatusCodes.Status405MethodNotAllowed;
            return;
        }
        IList<string> names = context.UriMatch.Groups["JobId"] is { Success: true } one ? [one.Value] : http.Request.HasFormContentType ? await context.Request.GetFormValuesAsync(Ticked).ConfigureAwait(false) : [];
        string by = http.User.Identity?.Name is { Length: > 0 } name ? name : "operator";
        var refusals = new List<string>();
        foreach (string each in names)
            if (await act(each, by).ConfigureAwait(false) is { } refusal) refusals.Add(refusal);
        if (names.Count == 0) refusals.Add("Nothing was ticked.");
        if (refusals.Count == 0)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }
        http.Response.StatusCode = StatusCodes.Status409Conflict;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(string.Join('\n', refusals.Distinct()), http.RequestAborted).ConfigureAwait(false);
    }
}

/// <summary>Hangfire's own pages, files and figures; of its commands none.</summary>
internal sealed class HangfirePages : IDashboardDispatcher
{
    public Task Dispatch(DashboardContext context)
    {
        var response = context.GetHttpContext().Response;
        bool looks = HttpMethods.IsGet(context.Request.Method) || context.Request.Path == "/stats";
        if (looks && DashboardRoutes.Routes.FindDispatcher(context.Request.Path) is { } found)
        {
            context.UriMatch = found.Item2;
            return found.Item1.Dispatch(context);
        }
        response.StatusCode = looks ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }
}
