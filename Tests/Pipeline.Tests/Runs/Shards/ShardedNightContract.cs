using System.Diagnostics;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Shards;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Tests.Runs.Nightly;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Runs.Shards;

/// <summary>
/// A night whose lists are made by several processes gives what one process gives, whatever becomes of the others. An engine's class names where it publishes.
/// </summary>
internal abstract class ShardedNightContract : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    protected abstract PublishOptions Place(string folder);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [TestMethod]
    public async Task Workers_of_other_hosts_make_shards_and_the_night_is_the_same()
    {
        string expected = await SingleProcess();
        var night = Night("shared");
        using var place = OutputConnection.OpenForServing(night.Publish, TimeProvider.System);
        var said = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var workers = new List<Task>();
        var dispatcher = new Deliveries((run, shards) => workers.AddRange(new[] { "one", "two" }.Select(name => Task.Run(() =>
        {
            var worker = new ShardWorker(
                place.Operations, night.Publish.Path, night.Runs, name, line => said.Enqueue($"{name}: {line}"), TimeProvider.System);
            for (int i = 0; i < shards; i++) worker.MakeAny(run, CancellationToken.None);
        }))));
        // The night's own host waits until the others have made something.
        var observer = new AtFirstShard(() => Wait(() => said.Count(s => s.EndsWith(" is done", StringComparison.Ordinal)) >= 2));
        var report = await NightlyRun.RunAsync(night, new RunRequest(), observer, TimeProvider.System, workers: dispatcher);
        await Task.WhenAll(workers);

        Assert.AreEqual(expected, Manifest(place));
        Assert.AreEqual(0, place.Operations.Shards(report.RunId).Count, "the run is through");
        StringAssert.Contains(string.Join('\n', place.Operations.Log(report.RunId, 0, 1000).Select(l => l.Text)), "shards were made by ");
    }

    [TestMethod]
    public async Task Limits_over_all_lists_hold_whoever_makes_the_lists()
    {
        string rules = _folder.File("rules.json");
        File.WriteAllText(rules, RulesNightTests.Rules);
        string expected = await SingleProcess(rules);
        var night = Night("shared", rules);
        using var place = OutputConnection.OpenForServing(night.Publish, TimeProvider.System);
        Task? works = null;
        var dispatcher = new Deliveries((run, shards) => works = Task.Run(() =>
        {
            var worker = new ShardWorker(place.Operations, night.Publish.Path, night.Runs, "other", _ => { }, TimeProvider.System);
            for (int i = 0; i < shards; i++) worker.MakeAny(run, CancellationToken.None);
        }));

        await NightlyRun.RunAsync(night, new RunRequest(), NoObserver.Instance, TimeProvider.System, workers: dispatcher);
        await works!;

        Assert.AreEqual(expected, Manifest(place));
        var lists = place.Store.Lists(place.Store.Current!).ToList();
        Assert.IsTrue(lists.SelectMany(l => l.ItemIds).Where(i => i != "20").CountBy(i => i).All(i => i.Value <= 90));
        var pinned = lists.First(l => l.ItemIds.Contains("20"));
        Assert.AreEqual("hero", place.Store.List(pinned.UserId)[1].Promoted);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public async Task A_worker_killed_and_one_paused_past_its_lease_leave_the_night_the_same()
    {
        string expected = await SingleProcess();
        var night = Night("shared");
        using var place = OutputConnection.OpenForServing(night.Publish, TimeProvider.System);
        using var dies = ChildWorker.Start(night.Publish, night.Runs.LeaseTerm, "dies", ChildWorker.Dies);
        using var stops = ChildWorker.Start(night.Publish, night.Runs.LeaseTerm, "stops", ChildWorker.Stops);
        using var lives = ChildWorker.Start(night.Publish, night.Runs.LeaseTerm, "lives", ChildWorker.Lives);
        try
        {
            string? run = null;
            var dispatcher = new Deliveries((posted, _) =>
            {
                run = posted;
                foreach (var worker in new[] { dies, stops }) worker.StandardInput.WriteLine(run);
            });
            var observer = new AtFirstShard(() =>
            {
                Wait(() => dies.HasExited && ChildWorker.IsStopped(stops));
                lives.StandardInput.WriteLine(run);
            });
            await NightlyRun.RunAsync(night, new RunRequest(), observer, TimeProvider.System, workers: dispatcher);
            Assert.AreEqual(137, dies.ExitCode);
            ChildWorker.Continue(stops);
            string? line = null;
            while (line?.Contains("was taken over by another worker", StringComparison.Ordinal) != true)
            {
                line = await stops.StandardOutput.ReadLineAsync().WaitAsync(Patience)
                    ?? throw new AssertFailedException(await stops.StandardError.ReadToEndAsync());
            }

            Assert.AreEqual(expected, Manifest(place));
            Assert.AreEqual(1, place.Store.Versions().Count);
            var again = await NightlyRun.RunAsync(night, new RunRequest(), NoObserver.Instance, TimeProvider.System, workers: dispatcher);
            Assert.IsTrue(again.Stages.All(s => s.State == StageState.Reused), "no artifact of the first run was touched");
        }
        finally
        {
            foreach (var worker in new[] { dies, stops, lives })
                if (!worker.HasExited) worker.Kill();
        }
    }

    private async Task<string> SingleProcess(string? rules = null)
    {
        SmallNight.WriteLog(_folder.File("log"));
        var night = Night("alone", rules);
        (night.Publish, night.Runs.Shards) = (new PublishOptions { Path = _folder.File("alone") }, 0);
        await SmallNight.Run(night);
        return SmallNight.Manifest(night.Publish.Path);
    }

    private PipelineOptions Night(string name, string? rules = null)
    {
        var night = SmallNight.Options(_folder.File("log"), _folder.File(name), threads: 1);
        night.Publish = Place(_folder.File(name));
        night.Runs.Shards = 4;
        night.Runs.LeaseTerm = TimeSpan.FromSeconds(1);
        night.Materialize.BlockUsers = 16;
        night.Rules.File = rules;
        return night;
    }

    private static string Manifest(OutputConnection place) =>
        File.ReadAllText(Path.Combine(place.Folder.FolderOf(place.Store.Current!), VersionManifest.FileName));

    private static void Wait(Func<bool> until)
    {
        long began = Stopwatch.GetTimestamp();
        while (!until())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new AssertFailedException("what was waited for did not happen");
            Task.Delay(10).Wait();
        }
    }

    /// <summary>Delivers shards as its test says.</summary>
    private sealed class Deliveries(Action<string, int> deliver) : IShardDispatcher, IDisposable
    {
        public IDisposable Dispatch(string runId, int shards)
        {
            deliver(runId, shards);
            return this;
        }

        public void Dispose()
        {
        }
    }

    /// <summary>Holds the night's own host up at its first word of shards.</summary>
    private sealed class AtFirstShard(Action wait) : IRunObserver
    {
        private bool _waited;

        public void On(RunEvent happened)
        {
            if (_waited || happened is not StageProgressed { Step: "shards" }) return;
            _waited = true;
            wait();
        }
    }
}

/// <summary>Processes over PostgreSQL and a shared folder, as on several machines.</summary>
[TestClass]
internal sealed class PostgresShardedNightTests : ShardedNightContract
{
    protected override PublishOptions Place(string folder) =>
        new() { Path = folder, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = PostgresServer.NewSchema() };
}

/// <summary>Processes of one machine over SQLite.</summary>
[TestClass]
internal sealed class SqliteShardedNightTests : ShardedNightContract
{
    protected override PublishOptions Place(string folder) => new() { Path = folder };
}
