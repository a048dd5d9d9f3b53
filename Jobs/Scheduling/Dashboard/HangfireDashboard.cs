using System.Text.RegularExpressions;
using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Recsys.Batch.Jobs.Access;

namespace Recsys.Batch.Jobs.Scheduling.Dashboard;

/// <summary>Hangfire's own pages under our sign-in: whoever may look sees them, and an operator acts with Hangfire's own buttons.</summary>
internal sealed partial class HangfireDashboard
{
    public const string Path = "/hangfire";

    /// <summary>Hangfire's pages have style attributes; scripts and style sheets are files of its own, which it serves itself.</summary>
    private const string ContentPolicy =
        "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        + "frame-ancestors 'none'";

    private readonly HangfireClient _hangfire;

    static HangfireDashboard()
    {
        // Hangfire keeps these for the whole process.
        var own = typeof(HangfireDashboard).Assembly;
        DashboardRoutes.AddStylesheet(own, "hangfire/dashboard.css");
        DashboardRoutes.AddJavaScript(own, "hangfire/dashboard.js");
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(0, RunOfJob.Render);
        DashboardRoutes.Routes.Add(RunOfJob.Route, new LiveRun());
    }

    public HangfireDashboard(HangfireClient hangfire) => _hangfire = hangfire;

    /// <summary>The address of its page about a job; null where it has none, or none any more.</summary>
    public string? PageOf(string jobId) =>
        new JobReader(_hangfire.Storage).Find(jobId) is not null ? $"{Path}/jobs/details/{Uri.EscapeDataString(jobId)}" : null;

    public void Map(IEndpointRouteBuilder app)
    {
        var options = new DashboardOptions
        {
            AppPath = "/",
            DashboardTitle = "Recsys.Batch jobs",
            DisplayStorageConnectionString = false,
            DisplayNameFunc = NameOf,
            AsyncAuthorization = [new ConsoleSignIn()],
            IsReadOnlyFunc = ConsoleSignIn.IsReadOnly,
        };
        var branch = app.CreateApplicationBuilder();
        branch.Use(GuardAsync);
        branch.Use(PageLanguage.Correct);
        branch.UsePathBase(Path);
        branch.UseMiddleware<AspNetCoreDashboardMiddleware>(_hangfire.Storage, options, DashboardRoutes.Routes, true);
        app.Map(Path + "/{**path}", branch.Build()).RequireAuthorization(AccessPolicies.Viewer);
    }

    /// <summary>
    /// Refuses what Hangfire would do: take a command by GET, which carries no token, and remove a recurring job, which would be back with the next start of a
    /// host.
    /// </summary>
    private static async Task GuardAsync(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = ContentPolicy;
        if (!HttpMethods.IsPost(request.Method) && Commands().IsMatch(request.Path))
        {
            response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        }
        else if (request.Path == Path + "/recurring/remove" && await ConsoleSignIn.MayAsync(context, AccessPolicies.Operator).ConfigureAwait(false))
        {
            response.StatusCode = StatusCodes.Status409Conflict;
            await response.WriteAsync(
                "A schedule belongs to the configuration, section Schedules. Pause it on the console's page of schedules.",
                context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            await next(context).ConfigureAwait(false);
        }
    }

    [GeneratedRegex("/(recurring/(trigger|remove)|jobs/[^/]+/(delete|requeue|enqueue)(/.*)?)$")]
    private static partial Regex Commands();

    private sealed class LiveRun : IDashboardDispatcher
    {
        public Task Dispatch(DashboardContext context)
        {
            context.Response.ContentType = "text/html; charset=utf-8";
            return context.Response.WriteAsync(RunOfJob.Html(context.UriMatch.Groups["JobId"].Value, context.GetHttpContext().RequestServices));
        }
    }

    private string NameOf(DashboardContext context, Job job) =>
        HangfireClient.OrderOf(job) is not { } order ? ShardJobs.RunOf(job) is { } run ? $"a shard of run {run}" : job.ToString()
        : context.Request.Path.StartsWith("/recurring", StringComparison.Ordinal) && order.Schedule is { } schedule && _hangfire.Pauses.By(schedule) is { } by
            ? $"{order}, paused by {by}"
        : order.ToString();
}
