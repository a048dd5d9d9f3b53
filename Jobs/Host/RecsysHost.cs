using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Access.OpenId;
using Recsys.Batch.Jobs.Alerts;
using Recsys.Batch.Jobs.Api;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Console;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Dashboard;
using Recsys.Batch.Jobs.Telemetry;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Host;

/// <summary>The host: console, API and whatever else its roles say, in this process, from our own settings alone.</summary>
internal sealed partial class RecsysHost : IAsyncDisposable
{
    private const int MaxRequestLineBytes = 64 * 1024;
    private const int MaxRequestBodyBytes = 1024 * 1024;

    private readonly WebApplication _app;
    private readonly ServeOptions _options;

    private RecsysHost(WebApplication app, ServeOptions options) => (_app, _options) = (app, options);

    public IServiceProvider Services => _app.Services;

    /// <summary>Where it listens, with the ports that were free where 0 was asked for; empty before <see cref="StartAsync"/>.</summary>
    public IReadOnlyList<string> Urls => [.. _app.Urls];

    /// <param name="root">All settings; the host keeps its own copy.</param>
    /// <param name="output">Full path of the output folder; it may not exist yet.</param>
    /// <param name="logs">Where the log goes.</param>
    /// <param name="configure">More services, last: tests put theirs in the place of ours.</param>
    /// <exception cref="ConfigurationException">Settings cannot be used, or would leave the host open.</exception>
    public static RecsysHost Build(SettingsNode root, string output, TimeProvider time, TextWriter logs, Action<IServiceCollection>? configure = null)
    {
        var sections = new HostSections();
        var night = new ConfiguredPipeline(root.Copy(), output, () => new HostSections());
        Settings.Night(root, night.HasLogs ? null : Settings.AllButIngest, sections);
        var options = sections.Serve;
        var addresses = options.Urls.Select(u => ListenAddress.Parse(u)!).ToList();
        bool open = RequireAuthorizationByDefault.Decide(options, addresses);
        bool secureCookies = SecureCookies(options, addresses);
        string dataFolder = Path.GetFullPath(options.DataFolder ?? Path.Combine(output, "host"));
        HostRights.Require(output, dataFolder, options, night.Options().Publish.Store);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(RecsysHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = options.Development ? Environments.Development : Environments.Production,
        });
        var outage = new OutageSignal();
        builder.Logging.AddProvider(new HostLog(logs, time, outage)).AddFilter("Microsoft", LogLevel.Error)
            // It logs what it then hands to us, with traces of the stack.
            .AddFilter("Microsoft.AspNetCore.Authentication.OpenIdConnect", LogLevel.None)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
            .AddFilter("Recsys", LogLevel.Information);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listen(kestrel, options, addresses));
        var services = builder.Services;
        services.AddSingleton<IHostLifetime, CallerLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(options.StopSeconds));
        services.AddSingleton(time).AddSingleton(options).AddSingleton(night).AddSingleton(ZoneClock.Of(options.TimeZone));
        services.AddTransient<PipelineOptions>(s => s.GetRequiredService<ConfiguredPipeline>().Options());
        services.AddSingleton(new HostInfo(open, output, dataFolder, sections.Scheduler.ThisNode, options));
        // Services stop in reverse: spans of runs that the scheduler puts down are sent too.
        services.AddSingleton(outage).AddHostedService<OutageWatch>();
        services.AddSingleton(sections.Telemetry).AddHostedService<TelemetryService>();
        services.AddPublished(night.Options().Publish, time);
        services.AddSingleton(_ => Pseudonyms.Of(options, dataFolder));
        services.AddRouting().AddAccess(options, dataFolder, open, secureCookies);
        services.AddRazorPages(pages => pages.RootDirectory = "/Console/Pages");
        services.AddSingleton(sections.Alerts.Freshness).AddConsole();
        services.AddApi();
        services.AddJobScheduler(sections.Scheduler, sections.Schedules, options.Roles, night);
        if (options.Roles.Contains(HostRole.Scheduler)) services.AddAlerts(sections.Alerts);
        configure?.Invoke(services);
        var app = builder.Build();
        Compose(app, open, secureCookies, options);
        var log = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Settings).FullName!);
        foreach (string warning in Settings.Warnings(root)) Warn(log, warning);
        return new RecsysHost(app, options);
    }

    /// <exception cref="ConfigurationException">An address is taken, or is not this machine's.</exception>
    public async Task StartAsync(CancellationToken cancellation = default)
    {
        try
        {
            await _app.StartAsync(cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
        {
            // What had started before it listened is put down again.
            await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
            throw new ConfigurationException(
                $"Serve:Urls is {string.Join(", ", _options.Urls)}, and the host cannot listen there: {e.Message} Stop what uses the address, "
                + $"or choose another with --urls http://localhost:PORT",
                e);
        }
    }

    /// <summary>Takes no new requests and waits for those under way, for at most <see cref="ServeOptions.StopSeconds"/>.</summary>
    public Task StopAsync() => _app.StopAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Compose(WebApplication app, bool open, bool secureCookies, ServeOptions options)
    {
        if (options.Proxies.Count > 0) app.UseForwardedHeaders(Forwarded(options));
        app.Use(SecurityHeaders.Add);
        app.Use(ErrorPages.Fill);
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = _ => Task.CompletedTask, AllowStatusCode404Response = true });
        app.Use(OutageAnswer.Give);
        if (open) app.Use(RequestGuard.OwnNamesOnly);
        app.UseConsoleFiles();
        app.Use(SecondLook.Take);
        if (secureCookies) app.Use(RequestGuard.HttpsPagesOnly);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.Use(RequestGuard.OwnPagesOnly);
        app.MapProbes();
        if (!options.Roles.Contains(HostRole.Web)) return;
        app.MapRazorPages();
        app.MapConsole();
        app.MapSession();
        if (options.OpenId.IsOn) app.MapOpenId();
        app.MapApi();
        app.Services.GetService<HangfireDashboard>()?.Map(app);
    }

    private static ForwardedHeadersOptions Forwarded(ServeOptions options)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        // By itself the framework believes every address of this machine.
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (string proxy in options.Proxies) forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        return forwarded;
    }

    private static bool SecureCookies(ServeOptions options, IEnumerable<ListenAddress> addresses) =>
        !options.AllowPlainHttp && !addresses.Any(a => a is { IsLoopback: true, IsHttps: false } && options.Proxies.Count == 0);

    private static void Listen(KestrelServerOptions kestrel, ServeOptions options, IReadOnlyList<ListenAddress> addresses)
    {
        kestrel.AddServerHeader = false;
        // An id of ten thousand letters is answered by us, as a program expects it.
        kestrel.Limits.MaxRequestLineSize = MaxRequestLineBytes;
        kestrel.Limits.MaxRequestBodySize = MaxRequestBodyBytes;
        var certificate = addresses.Any(a => a.IsHttps) ? Certificate(options) : null;
        foreach (var address in addresses)
        {
            void Use(ListenOptions listen)
            {
                if (address.IsHttps) listen.UseHttps(certificate!);
            }
            if (address.Address is { } ip) kestrel.Listen(ip, address.Port, Use);
            else if (!address.IsLoopback) kestrel.ListenAnyIP(address.Port, Use);
            // Kestrel cannot take one free port for both of localhost's addresses.
            else if (address.Port == 0) kestrel.Listen(IPAddress.Loopback, 0, Use);
            else kestrel.ListenLocalhost(address.Port, Use);
        }
    }

    private static X509Certificate2 Certificate(ServeOptions options)
    {
        string path = options.Certificate
            ?? throw new ConfigurationException(
                "Serve:Urls has an https address, and Serve:Certificate is missing; expected a PFX file, or a PEM file with Serve:CertificateKey");
        try
        {
            return options.CertificateKey is { } key ? X509Certificate2.CreateFromPemFile(path, key) : X509CertificateLoader.LoadPkcs12FromFile(path, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            throw new ConfigurationException($"Serve:Certificate: {path} cannot be used: {e.Message}", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Text}")]
    private static partial void Warn(ILogger log, string text);

    /// <summary>Who built the host starts and stops it; signals are theirs to hear.</summary>
    private sealed class CallerLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
