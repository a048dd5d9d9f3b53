using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;

/// <summary>Hangfire's own pages under our sign-in: whoever may look sees them, an operator acts, and what is done there our scheduler does.</summary>
internal sealed class HangfireDashboard : IEngineDashboard
{
    public const string Path = "/hangfire";

    /// <summary>Hangfire's pages have style attributes; scripts and style sheets are files of its own, which it serves itself.</summary>
    private const string ContentPolicy =
        "default-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly HangfireEngine _engine;
    private readonly DashboardActions _actions;
    private readonly ExecutionTitles _titles;

    static HangfireDashboard()
    {
        // Hangfire keeps these for the whole process.
        var own = typeof(HangfireDashboard).Assembly;
        DashboardRoutes.AddStylesheet(own, "hangfire/dashboard.css");
        DashboardRoutes.AddJavaScript(own, "hangfire/dashboard.js");
        GlobalConfiguration.Configuration.UseJobDetailsRenderer(0, RunOfJob.Render);
    }

    public HangfireDashboard(HangfireEngine engine, IJobScheduler scheduler, IOperationsLedger ledger, ScheduleTable schedules, TimeProvider time)
    {
        _engine = engine;
        _actions = new DashboardActions(engine, scheduler, ledger, schedules, time);
        _titles = new ExecutionTitles(ledger, schedules);
    }

    public string Name => "Hangfire";

    public string Address => Path;

    public string? PageOf(string executionId) => _engine.Jobs.Find(executionId) is { } job ? $"{Path}/jobs/details/{Uri.EscapeDataString(job)}" : null;

    public void Map(IEndpointRouteBuilder app)
    {
        var options = new DashboardOptions
        {
            AppPath = "/",
            DashboardTitle = "Recsys.Batch jobs",
            DisplayStorageConnectionString = false,
            DisplayNameFunc = (_, job) => NameOf(job),
            AsyncAuthorization = [new ConsoleSignIn()],
            IsReadOnlyFunc = ConsoleSignIn.IsReadOnly,
        };
        var branch = app.CreateApplicationBuilder();
        branch.Use((context, next) =>
        {
            context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
            return next(context);
        });
        branch.UsePathBase(Path);
        branch.UseMiddleware<AspNetCoreDashboardMiddleware>(_engine.Storage, options, _actions.Routes, true);
        app.Map(Path + "/{**path}", branch.Build()).RequireAuthorization(AccessPolicies.Viewer);
    }

    private string NameOf(Job job) => job.Args is [string name, ..]
        ? job.Method.Name == nameof(HangfireDelivery.Execution) ? _titles.Of(name) : _titles.OfSchedule(name)
        : job.ToString();
}
