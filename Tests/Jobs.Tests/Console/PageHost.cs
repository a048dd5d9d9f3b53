using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Alerts;
using Recsys.Batch.Jobs.Console;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>The console over an output folder, with a scheduler that starts nothing; who asks is told by a cookie.</summary>
internal sealed class PageHost : IAsyncDisposable
{
    public const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'";

    private readonly WebApplication _app;
    private readonly OutputConnection _place;

    private PageHost(WebApplication app, OutputConnection place, FakeScheduler scheduler) =>
        (_app, _place, Scheduler) = (app, place, scheduler);

    public OperationsLedger Operations => _place.Operations;

    public FakeScheduler Scheduler { get; }

    public IRunLedger Ledger => _place.Ledger;

    public IOutputStore Store => _place.Store;

    public string Address => _app.Urls.First();

    public static async Task<PageHost> Start(string output, PipelineOptions? night = null, string address = "http://127.0.0.1:0", string zone = "UTC")
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = typeof(AssetLibrary).Assembly.GetName().Name });
        builder.WebHost.UseUrls(address);
        builder.Logging.ClearProviders();
        night ??= new PipelineOptions();
        night.Publish.Path = output;
        var place = OutputConnection.OpenForServing(night.Publish, TimeProvider.System);
        var scheduler = new FakeScheduler(TimeProvider.System.GetUtcNow());
        builder.Services.AddSingleton(TimeProvider.System).AddSingleton(night).AddSingleton(place.Store)
            .AddSingleton(place.Ledger).AddSingleton(place.Operations).AddSingleton<IJobScheduler>(scheduler);
        builder.Services.AddAuthentication("cookie").AddScheme<AuthenticationSchemeOptions, ByCookie>("cookie", _ => { });
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireRole("Viewer", "Operator").Build())
            .AddPolicy(AccessPolicies.Viewer, p => p.RequireRole("Viewer", "Operator")).AddPolicy(AccessPolicies.Operator, p => p.RequireRole("Operator"));
        builder.Services.AddRazorPages(pages => pages.RootDirectory = "/Console/Pages");
        builder.Services.AddSingleton(new Pseudonyms(new UserHash(new byte[32])));
        builder.Services.AddSingleton(ZoneClock.Of(zone)).AddSingleton(new AlertsOptions().Freshness).AddConsole();
        var app = builder.Build();
        app.Use((http, next) =>
        {
            http.Response.Headers.ContentSecurityPolicy = Policy;
            return next(http);
        });
        app.UseConsoleFiles();
        app.UseRouting().UseAuthentication().UseAuthorization();
        app.MapRazorPages();
        app.MapConsole();
        await app.StartAsync();
        return new PageHost(app, place, scheduler);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _place.Dispose();
    }

    private sealed class ByCookie(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            string role = Request.Cookies["role"] ?? "Operator";
            var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, "Ada"), new Claim(ClaimTypes.Role, role)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
        }
    }
}
