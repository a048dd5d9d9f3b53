using Hangfire;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Hangfire delivers at least once: a job that outlives its storage's timeout, that is queued twice, or whose host was killed.</summary>
[TestClass]
internal sealed class DoubleDeliveryTests : IAsyncDisposable
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private readonly HangfireHosts _hosts = new();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [TestMethod]
    public async Task A_night_that_outlives_the_invisibility_timeout_is_done_once_and_the_second_delivery_says_why_it_stood_back()
    {
        string schema = PostgresServer.NewSchema();
        var gate = new TaskCompletionSource();
        _hosts.Job.Does = async _ =>
        {
            await gate.Task;
            return "version 7";
        };
        var (a, engine, _) = await _hosts.Start(HangfireStores.PostgreSql(PostgresServer.Connection, schema, Short, slides: false));
        await _hosts.Start(HangfireStores.PostgreSql(PostgresServer.Connection, schema, Short, slides: false), "b");
        string id = await a.TriggerAsync(_hosts.Request());

        var history = await HangfireHosts.UntilShown(engine, id, "Stood back");
        string node = _hosts.Ledger.Execution(id)!.Node!;
        StringAssert.Contains(history.Single(h => h.StateName == "Stood back").Reason, $"too, while {node} is at work on it");
        gate.SetResult();
        await _hosts.Until(id, ExecutionState.Finished);
        await HangfireHosts.UntilShown(engine, id, SucceededState.StateName);
        Assert.AreEqual(1, _hosts.Job.Runs);
    }

    [TestMethod]
    public async Task A_host_that_is_up_keeps_its_delivery_beyond_the_timeout()
    {
        var gate = new TaskCompletionSource();
        _hosts.Job.Does = async _ =>
        {
            await gate.Task;
            return null;
        };
        var (a, engine, _) = await _hosts.Start(HangfireStores.PostgreSql(PostgresServer.Connection, PostgresServer.NewSchema(), Short * 2));
        string id = await a.TriggerAsync(_hosts.Request());
        await _hosts.Until(id, ExecutionState.Running);
        await Task.Delay(Short * 5);
        gate.SetResult();
        var history = await HangfireHosts.UntilShown(engine, id, SucceededState.StateName);
        Assert.AreEqual(1, history.Count(h => h.StateName == ProcessingState.StateName));
    }

    [TestMethod]
    public async Task A_job_that_is_queued_while_it_runs_is_done_once()
    {
        var gate = new TaskCompletionSource();
        _hosts.Job.Does = async work =>
        {
            await gate.Task.WaitAsync(work.Cancellation);
            return null;
        };
        var (a, engine, _) = await _hosts.Start(HangfireStores.Memory());
        string id = await a.TriggerAsync(_hosts.Request());
        await _hosts.Until(id, ExecutionState.Running);
        Assert.IsTrue(new BackgroundJobClient(engine.Storage).ChangeState(engine.Jobs.Find(id)!, new EnqueuedState()));

        var history = await HangfireHosts.UntilShown(engine, id, "Stood back");
        StringAssert.Contains(history.Single(h => h.StateName == "Stood back").Reason, "delivered to a too, while a is at work on it");
        gate.SetResult();
        await _hosts.Until(id, ExecutionState.Finished);
        await HangfireHosts.UntilShown(engine, id, SucceededState.StateName);
        Assert.AreEqual(1, _hosts.Job.Runs);
    }

    [TestMethod]
    public async Task What_a_killed_host_left_comes_back_by_the_ledger_and_by_the_queue_and_is_done_once()
    {
        string schema = PostgresServer.NewSchema();
        // What a killed worker leaves: a message that was fetched, and the execution in the ledger under a node without a lease.
        var dead = HangfireStores.PostgreSql(PostgresServer.Connection, schema, Short);
        new ExecutionJobs(dead).Enqueue("e", TimeSpan.Zero);
        using var connection = dead.GetConnection();
        _ = connection.FetchNextJob([EnqueuedState.DefaultQueue], CancellationToken.None);
        _hosts.Ledger.Save(new LedgerExecution("e", JobNames.Nightly, null, new Dictionary<string, string>(), "mia", ExecutionState.Running, DateTimeOffset.UnixEpoch, "dead"));
        var (_, engine, _) = await _hosts.Start(HangfireStores.PostgreSql(PostgresServer.Connection, schema, Short), "b");

        Assert.AreEqual("b", (await _hosts.Until("e", ExecutionState.Finished)).Node);
        var monitor = engine.Storage.GetMonitoringApi();
        await HangfireHosts.Waited(
            () => monitor.EnqueuedCount(EnqueuedState.DefaultQueue) + monitor.FetchedCount(EnqueuedState.DefaultQueue) == 0 ? "" : null, () => "the queue is not empty");
        Assert.AreEqual(1, _hosts.Job.Runs);
        Assert.AreEqual(SucceededState.StateName, HangfireHosts.History(engine, "e")![0].StateName);
    }

    [TestMethod]
    public async Task What_could_not_be_queued_while_the_storage_was_away_is_queued_when_it_is_back()
    {
        var storage = new StorageThatGoesAway(HangfireStores.Memory());
        var (a, _, _) = await _hosts.Start(storage);
        storage.Away.Value = true;
        string id = await a.TriggerAsync(_hosts.Request());
        await _hosts.Until(id, ExecutionState.Finished);
        Assert.AreEqual(1, storage.Refused);
        Assert.AreEqual(1, _hosts.Job.Runs);
    }

    /// <summary>Cannot be reached from the test itself where that says so; hosts reach it.</summary>
    private sealed class StorageThatGoesAway(JobStorage storage) : JobStorage
    {
        public AsyncLocal<bool> Away { get; } = new();

        public int Refused { get; private set; }

        public override IMonitoringApi GetMonitoringApi() => storage.GetMonitoringApi();

        public override bool HasFeature(string featureId) => storage.HasFeature(featureId);

        public override IStorageConnection GetConnection()
        {
            if (!Away.Value) return storage.GetConnection();
            Refused++;
            throw new Npgsql.NpgsqlException("the server is restarting");
        }
    }
}
