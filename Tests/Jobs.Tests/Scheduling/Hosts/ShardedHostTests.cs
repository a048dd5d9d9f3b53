using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Shards;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Scheduling.Hosts;

/// <summary>Shards of a night that Hangfire delivers.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ShardedHostTests
{
    private static readonly string[] Settings =
    [
        "Embed:Model=none", "Evaluate:MinUsers=1000000", "Evaluate:BaselineTolerance=1", "Materialize:BlockUsers=1", "Runs:Shards=8",
    ];

    private readonly SmallShop _shop = new SmallShop().With(SmallShop.TwoTastes());
    private readonly string _schema = PostgresServer.NewSchema();

    private PublishOptions Publish =>
        new() { Path = _shop.Output, Store = Pipeline.Storage.OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = _schema };

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Close() => _shop.Dispose();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task The_one_worker_of_the_one_host_makes_a_night_and_its_shards()
    {
        var root = new SettingsLayers().AddFile(_shop.Config).AddAssignments(
            [
                .. Settings, .. Shared(), $"Publish:Path={_shop.Output}", "Serve:Urls:0=http://127.0.0.1:0", "Scheduler:Workers=1", "Scheduler:Node=a",
                .. TestHost.Credentials]).Root;
        using var log = new StringWriter();
        await using var host = RecsysHost.Build(root, _shop.Output, TimeProvider.System, TextWriter.Synchronized(log));
        await host.StartAsync();
        var scheduler = host.Services.GetRequiredService<IJobScheduler>();
        string id = scheduler.Trigger(new JobOrder("nightly", []), "mia");
        var night = await JobHost.Waited(() => scheduler.Job(id) is { IsOpen: false } job ? job : null, () => $"{scheduler.Job(id)}");
        Assert.AreEqual(JobState.Finished, night.State, night.Message);

        var storage = host.Services.GetRequiredService<HangfireClient>().Storage;
        var api = storage.GetMonitoringApi();
        await JobHost.Until(() => api.EnqueuedCount("shards") == 0 && api.ProcessingCount() == 0, "no shard is left in the queue");
        string[] ended = [.. api.SucceededJobs(0, 100).Select(j => j.Key), .. api.DeletedJobs(0, 100).Select(j => j.Key)];
        Assert.AreEqual(8, ended.Count(e => new JobReader(storage).RunOfShard(e) == night.RunId));
        Assert.IsFalse(scheduler.Jobs(100).Any(j => j.Id != id), "shards are not among the jobs that the console lists");
        await host.StopAsync();
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Workers_take_what_a_command_line_night_posts_and_its_bytes_stay()
    {
        string alone = Path.Combine(_shop.Folder, "alone");
        await Run(alone, [.. Settings, "Runs:Shards=0"]);
        using var place = OutputConnection.OpenForServing(Publish, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        using var hangfire = SchedulingServices.Shared(new SchedulerOptions { Store = SchedulerStore.PostgreSql }, Publish, place.Operations)!;
        var workers = new[] { "one", "two" }.Select(
            name => (Name: name, Worker: new ShardWorker(place.Operations, _shop.Output, new RunsOptions { Threads = 1 }, name, _ => { }, TimeProvider.System)))
            .Select(w => (w.Worker, Ends: ShardJobs.WorkAsync(w.Worker, hangfire, new SchedulerOptions { Node = w.Name }, stop.Token))).ToArray();
        await Run(_shop.Output, [.. Settings, .. Shared()]);
        await stop.CancelAsync();
        await Task.WhenAll(workers.Select(w => w.Ends));

        Assert.AreEqual(Manifest(alone, File.ReadAllText(Path.Combine(alone, "current")).Trim()), Manifest(_shop.Output, place.Store.Current!));
        Assert.IsEmpty(place.Operations.Shards(place.Ledger.Runs(1)[0].RunId));
        TestContext.WriteLine($"{workers.Sum(w => w.Worker.Finished)} shards were made by workers");
    }

    [TestMethod]
    public async Task A_delivery_after_its_run_has_ended_makes_nothing_and_says_so()
    {
        using var place = OutputConnection.OpenForServing(Publish, TimeProvider.System);
        using var hangfire = SchedulingServices.Shared(new SchedulerOptions { Store = SchedulerStore.PostgreSql }, Publish, place.Operations)!;
        var dispatched = new ShardJobs.Dispatcher(hangfire).Dispatch("000001-a", 2);
        using var stop = new CancellationTokenSource();
        var worker = new ShardWorker(place.Operations, _shop.Output, new RunsOptions(), "late", _ => { }, TimeProvider.System);
        var works = ShardJobs.WorkAsync(worker, hangfire, new SchedulerOptions(), stop.Token);
        var api = hangfire.Storage.GetMonitoringApi();
        await JobHost.Until(() => api.SucceededListCount() == 2, "both are delivered");
        StringAssert.Contains(api.SucceededJobs(0, 1)[0].Value.Result.ToString(), "nothing of run 000001-a is left to make");
        dispatched.Dispose();
        Assert.AreEqual(2, api.SucceededListCount());
        await stop.CancelAsync();
        await works;

        using (new ShardJobs.Dispatcher(hangfire).Dispatch("000002-b", 3)) Assert.AreEqual(0, api.DeletedListCount());
        Assert.AreEqual(3, api.DeletedListCount(), "what nobody took is taken back");
    }

    private string[] Shared() =>
        ["Publish:Store=PostgreSql", $"Publish:Connection={PostgresServer.Connection}", $"Publish:Schema={_schema}", "Scheduler:Store=PostgreSql"];

    private async Task Run(string output, string[] settings)
    {
        var called = await Called.With(["run", "nightly", "--config", _shop.Config, "--out", output, .. settings.SelectMany(s => (string[])["--set", s])]);
        Assert.AreEqual(0, called.ExitCode, called.ToString());
    }

    private static string Manifest(string output, string version) => File.ReadAllText(Path.Combine(output, "versions", version, VersionManifest.FileName));
}
