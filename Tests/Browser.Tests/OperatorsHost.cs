using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>A whole host over a small shop, whose nights a test holds or has fail amid their training. Olga is an operator, Vera a viewer.</summary>
internal sealed class OperatorsHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HostileShop _shop = HostileShop.Unopened();
    private readonly StringWriter _log = new();
    private readonly RecsysHost _host;

    private OperatorsHost(OutputEngine store, string[] settings)
    {
        string[] place = store == OutputEngine.Sqlite ? [] :
            [
                "Publish:Store=PostgreSql", $"Publish:Connection={PostgresServer.Connection}", $"Publish:Schema={PostgresServer.NewSchema()}",
                "Scheduler:Store=PostgreSql",
            ];
        var root = new SettingsLayers().AddFile(_shop.Config).AddAssignments(
            [
                $"Publish:Path={_shop.Output}", "Serve:Urls:0=http://127.0.0.1:0", "Scheduler:PollInterval=00:00:01", "Schedules:night:Job=nightly",
                "Schedules:night:Cron=30 2 29 2 *", "Schedules:night:TimeZone=Europe/Berlin", .. TestHost.Credentials, .. place, .. settings]).Root;
        _host = RecsysHost.Build(root, _shop.Output, TimeProvider.System, TextWriter.Synchronized(_log), Hold);
    }

    /// <summary>Is called amid the training of each night, with what cancels it.</summary>
    public Action<CancellationToken> AmidTraining { get; set; } = _ => { };

    public string Address => _host.Urls[0];

    public string Log => _log.ToString();

    /// <summary>Where the night's log files are.</summary>
    public string LogFolder => Path.Combine(_shop.Folder, "log");

    public IJobScheduler Scheduler => _host.Services.GetRequiredService<IJobScheduler>();

    public IRunLedger Runs => _host.Services.GetRequiredService<IRunLedger>();

    public OperationsLedger Operations => _host.Services.GetRequiredService<OperationsLedger>();

    public IOutputStore Store => _host.Services.GetRequiredService<IOutputStore>();

    public static async Task<OperatorsHost> Start(OutputEngine store = OutputEngine.Sqlite, params string[] settings)
    {
        var host = new OperatorsHost(store, settings);
        await host._host.StartAsync();
        return host;
    }

    /// <summary>A tab in which somebody has signed in and is where they wanted to go.</summary>
    public async Task<Tab> SignedIn(string name, string path)
    {
        var tab = await Browser.OpenTab();
        await tab.Page.GotoAsync(Address + path);
        await tab.SignIn(name, TestHost.Password);
        await Expect(tab.Page).ToHaveURLAsync(Address + path);
        return tab;
    }

    /// <summary>The newest job, once it is in one of the states.</summary>
    public Task<JobFacts> Newest(params JobState[] states) => Waited(
        () => Scheduler.Jobs(1) is [var job, ..] && states.Contains(job.State) ? job : null, $"the newest job is {string.Join(" or ", states)}");

    /// <summary>The newest job, once it is amid its training.</summary>
    public async Task<JobFacts> AtWork() => await Waited(
        () => Scheduler.Jobs(1) is [{ State: JobState.Running, RunId: { } run } job, ..] && _host.Services.GetRequiredService<OperationsLedger>().Progress(run)
            .Any(p => p.Stage == "train") ? job : null,
        "the newest job is amid its training");

    public async Task<T> Waited<T>(Func<T?> look, string what) where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (look() is { } found) return found;
            if (patience.IsCancellationRequested) Assert.Fail($"waited in vain until {what}: {string.Join("; ", Scheduler.Jobs(5))}\n{Log}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        _shop.Dispose();
    }

    private void Hold(IServiceCollection services)
    {
        foreach (var job in services.Where(s => s.ServiceType == typeof(IJob) && s.ImplementationFactory is not null).ToArray())
        {
            services.Remove(job);
            services.AddSingleton<IJob>(s => new HeldJob((IJob)job.ImplementationFactory!(s), this));
        }
    }

    private sealed class HeldJob(IJob job, OperatorsHost host) : IJob
    {
        public string Name => job.Name;

        public void Check(IReadOnlyDictionary<string, string> parameters) => job.Check(parameters);

        public Task<string?> RunAsync(JobWork work) => job.RunAsync(work with { Observer = new Holder(work, host) });
    }

    /// <summary>The ledger hears of a step after this observer: held at the second, the first one shows.</summary>
    private sealed class Holder(JobWork work, OperatorsHost host) : IRunObserver
    {
        private int _steps;

        public void On(RunEvent happened)
        {
            work.Observer.On(happened);
            if (happened is StageProgressed { Stage: "train" } && ++_steps == 2) host.AmidTraining(work.Cancellation);
        }
    }
}
