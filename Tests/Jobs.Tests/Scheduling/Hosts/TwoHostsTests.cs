using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Scheduling.Hosts;

/// <summary>Two hosts, each a process, over one PostgreSQL database and one output folder, with whole nights.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class TwoHostsTests
{
    /// <summary>Long enough that a host on a busy machine renews it, short enough to wait for.</summary>
    private const string Term = "00:00:04";

    private static readonly string[] Settings =
    [
        "Embed:Model=none", "Diversify:Candidates=300", "Diversify:ListLength=40", "Materialize:BlockUsers=16", "Evaluate:MinUsers=1000000",
        "Evaluate:BaselineTolerance=1",
        $"Runs:LeaseTerm={Term}", "Scheduler:InvisibilityTimeout=00:00:05", "Scheduler:PollInterval=00:00:00.2", "Scheduler:BusyDelay=00:00:00.3",
    ];

    private static SmallShop s_shop = null!;
    private static PublishOptions s_publish = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static void Open(TestContext _)
    {
        s_publish = new PublishOptions { Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection };
        s_shop = new SmallShop().With(Purchases(), $$"""
            "Publish": { "Store": "PostgreSql", "Connection": {{JsonSerializer.Serialize(s_publish.Connection)}} }
            """);
    }

    [ClassCleanup]
    public static void Close() => s_shop?.Dispose();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_night_asked_for_on_two_hosts_at_once_runs_once()
    {
        using var site = new Site("asked", TestContext.CancellationTokenSource.Token);
        using var a = await site.Host("a");
        using var b = await site.Host("b");
        var forms = (A: await a.Form("nightly"), B: await b.Form("nightly"));
        string[] ids = await Task.WhenAll(forms.A(), forms.B());

        var ended = await site.Ended(ids);
        var first = ended.Single(e => e.State == JobState.Finished);
        var second = ended.Single(e => e.State == JobState.Deleted);
        string node = site.Place.Operations.Request(first.RunId!)!.Node!;
        Assert.AreEqual($"job {first.Id} on {node} was doing this work already in run {first.RunId}", second.Message);
        Assert.IsNull(second.RunId);
        StringAssert.Contains(await b.Client.GetStringAsync("/runs/asked/" + second.Id), $"job {first.Id} on {node}");
        var run = site.Place.Ledger.Runs(10).Single();
        Assert.AreEqual(first.RunId, run.RunId);
        Assert.AreEqual(1, run.Attempts);
        Assert.AreEqual(1, site.Place.Store.Versions().Count);
        Assert.AreEqual(run.Version, site.Place.Store.Current);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_host_that_dies_amid_its_lists_leaves_a_night_with_the_same_bytes()
    {
        using var site = new Site("killed", TestContext.CancellationTokenSource.Token);
        using var a = await site.Host("a");
        string id = await (await a.Form("nightly"))();
        using var b = await site.Host("b");
        string run = await site.Until(() => site.Jobs.Find(id)?.RunId);
        await site.Until(() => site.Place.Ledger.Stages(run).FirstOrDefault(s => s.Stage == "materialize"));
        // The ledger's progress is up to half a second old; the blocks are there when they are.
        await site.Until(() => site.BlockFiles(run) is { Length: > Blocks / 10 } some ? some : null);
        a.Kill();
        var made = site.Blocks(run);
        Assert.AreEqual(JobState.Running, site.Jobs.Find(id)!.State);
        Assert.IsTrue(made.Count is > 0 and < Blocks, $"{made.Count} blocks were made before the host died");
        Assert.IsNull(site.Place.Store.Current);

        var ended = (await site.Ended(id)).Single();
        Assert.AreEqual(JobState.Finished, ended.State, ended.Message + b.Log);
        Assert.AreEqual(run, ended.RunId);
        Assert.AreEqual("b", site.Place.Operations.Request(run)!.Node);
        CollectionAssert.AreEqual((string[])["Succeeded", "Processing", "Processing", "Enqueued"], site.States(id));
        var night = site.Place.Ledger.Runs(10).Single();
        Assert.AreEqual(2, night.Attempts);
        var begun = site.Place.Operations.Log(run, 0, 1000).Where(l => l.Text.StartsWith("runs: ", StringComparison.Ordinal)).Select(l => l.Stage);
        CollectionAssert.AreEqual(
            (string[])["ingest", "embed", "train", "rank", "evaluate", "neighbors", "places", "materialize", "materialize", "publish"], begun.ToArray());
        var blocks = site.Blocks(run);
        Assert.IsTrue(made.All(block => blocks[block.Key] == block.Value), "a block that was whole was made again");
        Assert.AreEqual(1, site.Place.Store.Versions().Count);

        string whole = Path.Combine(s_shop.Folder, "undisturbed");
        var called = await Called.With(
            ["run", "nightly", "--config", s_shop.Config, "--out", whole, .. Settings.Append("Publish:Store=Sqlite").SelectMany(s => (string[])["--set", s])]);
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        Assert.AreEqual(Site.Manifest(whole, File.ReadAllText(Path.Combine(whole, "current")).Trim()), Site.Manifest(site.Output, site.Place.Store.Current!));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_host_that_is_paused_past_its_lease_changes_nothing_when_it_wakes()
    {
        using var site = new Site("paused", TestContext.CancellationTokenSource.Token);
        using var a = await site.Host("a");
        string id = await (await a.Form("nightly"))();
        using var b = await site.Host("b");
        string run = await site.Until(() => site.Jobs.Find(id)?.RunId);
        await site.Until(() => site.BlockFiles(run) is { Length: > Blocks / 10 } some ? some : null);
        a.Signal("-STOP");
        var ended = (await site.Ended(id)).Single();
        Assert.AreEqual((JobState.Finished, "b"), (ended.State, site.Place.Operations.Request(run)!.Node), $"{ended} {b.Log}");
        string[] states = site.States(id);
        string manifest = Site.Manifest(site.Output, site.Place.Store.Current!);
        a.Signal("-CONT");
        await site.Until(() => a.Log.Contains($"Job {id} is another worker's now", StringComparison.Ordinal) ? "" : null);

        CollectionAssert.AreEqual(states, site.States(id));
        Assert.AreEqual(manifest, Site.Manifest(site.Output, site.Place.Store.Current!));
        Assert.AreEqual(1, site.Place.Store.Versions().Count);
        Assert.AreEqual(RunState.Finished, site.Place.Ledger.Runs(10).Single().State);
    }

    private const int Users = 4800;
    private const int Blocks = Users / 16;

    /// <summary>Tastes in circles: each user buys eight items in a row of the 300.</summary>
    private static IEnumerable<(string? User, string Item, int Day, int Quantity)> Purchases()
    {
        for (int user = 0; user < Users; user++)
            for (int n = 0; n < 8; n++)
            {
                yield return (
                    string.Create(CultureInfo.InvariantCulture, $"u{user:D4}"), string.Create(CultureInfo.InvariantCulture, $"i{(user * 7 + n * n) % 300:D3}"),
                    n * 3, 1);
            }
    }

    /// <summary>An output folder and a schema, and the hosts that share them.</summary>
    private sealed class Site : IDisposable
    {
        private readonly string _schema = PostgresServer.NewSchema();

        private readonly Hangfire.JobStorage _storage;
        private readonly CancellationToken _cancellation;

        public Site(string name, CancellationToken cancellation)
        {
            _cancellation = cancellation;
            Output = Path.Combine(s_shop.Folder, name);
            _storage = HangfireStores.PostgreSql(PostgresServer.Connection, _schema, TimeSpan.FromMinutes(2));
            Jobs = new JobReader(_storage);
            Place = OutputConnection.OpenForServing(
                new PublishOptions { Path = Output, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = _schema },
                TimeProvider.System);
        }

        public string Output { get; }

        public OutputConnection Place { get; }

        /// <summary>Hangfire's jobs, as any host sees them.</summary>
        public JobReader Jobs { get; }

        public Task<HostProcess> Host(string node) =>
            HostProcess.Start(s_shop.Config, Output, [.. Settings, $"Publish:Schema={_schema}", "Scheduler:Store=PostgreSql", $"Scheduler:Node={node}"]);

        public static string Manifest(string output, string version) => File.ReadAllText(Path.Combine(output, "versions", version, VersionManifest.FileName));

        public FileInfo[] BlockFiles(string run) =>
            new DirectoryInfo(Path.Combine(Output, "runs", run, "materialize", "blocks")) is { Exists: true } folder ? folder.GetFiles("*.bin") : [];

        /// <summary>Blocks of lists that are whole, and when each was made.</summary>
        public Dictionary<string, DateTime> Blocks(string run) => BlockFiles(run).Where(IsWhole).ToDictionary(f => f.Name, f => f.LastWriteTimeUtc);

        public async Task<JobFacts[]> Ended(params string[] ids)
        {
            var ended = new List<JobFacts>();
            foreach (string id in ids) ended.Add(await Until(() => Jobs.Find(id) is { IsOpen: false } job ? job : null));
            return [.. ended];
        }

        /// <summary>A job's states, newest first.</summary>
        public string[] States(string id) => [.. _storage.GetMonitoringApi().JobDetails(id).History.Select(h => h.StateName)];

        /// <summary>Looks until there is something; the test's own limit ends it.</summary>
        public async Task<T> Until<T>(Func<T?> look)
            where T : class
        {
            while (true)
            {
                if (look() is { } found) return found;
                await Task.Delay(20, _cancellation);
            }
        }

        private static bool IsWhole(FileInfo file)
        {
            try
            {
                _ = new ArtifactReader(file.FullName);
                return true;
            }
            catch (ArtifactException)
            {
                return false;
            }
        }

        public void Dispose() => Place.Dispose();
    }
}
