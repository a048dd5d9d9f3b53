using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Executions;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Nothing is forgotten: not by a host that comes back under its own name, not while database or queue are away for a moment, not among many newer executions.</summary>
internal abstract partial class JobSchedulerContract
{
    [TestMethod]
    public async Task What_a_host_leaves_when_it_stops_it_takes_up_itself_when_it_comes_back_under_its_name()
    {
        Nightly.Does = TestJob.UntilCancelled;
        var before = await Host("web1");
        string id = await before.TriggerAsync(Request());
        await Until(id, ExecutionState.Running);
        await before.DisposeAsync();
        Assert.AreEqual(ExecutionState.Queued, Ledger.Execution(id)!.State);

        Nightly.Does = _ => Task.FromResult<string?>(null);
        await Host("web1");

        Assert.AreEqual("web1", (await Until(id, ExecutionState.Finished)).Node);
    }

    [TestMethod]
    public async Task A_delivery_that_met_a_ledger_that_was_away_comes_again()
    {
        bool away = false;
        Ledger = Interfered<IOperationsLedger>.Over(Ledger, _ =>
        {
            if (Volatile.Read(ref away)) throw new RunFailedException("the database is away");
        });
        Schedules["night"] = Options();
        Schedules["night"].Retries = 1;
        Schedules["night"].RetryDelay = TimeSpan.FromSeconds(2);
        Nightly.Does = work => work.Execution.Attempt == 1 ? throw new RunFailedException("the disk went") : Task.FromResult<string?>(null);
        var host = await Host();
        string id = await host.TriggerAsync(Request(schedule: "night"));
        using var patience = new CancellationTokenSource(Patience);
        while (Ledger.Execution(id) is not { Attempt: 2 } && !patience.IsCancellationRequested) await Task.Delay(10);
        Volatile.Write(ref away, true);
        Assert.AreEqual(1, Nightly.Runs, "the second attempt is yet to come");
        await Task.Delay(3500);
        Volatile.Write(ref away, false);

        Assert.AreEqual(2, (await Until(id, ExecutionState.Finished)).Attempt);
    }

    [TestMethod]
    public async Task A_scheduled_time_that_met_a_ledger_that_was_away_is_made_up_for_even_if_it_was_the_first()
    {
        bool away = false;
        Ledger = Interfered<IOperationsLedger>.Over(Ledger, _ =>
        {
            if (Volatile.Read(ref away)) throw new RunFailedException("the database is away");
        });
        Schedules["night"] = Options("30 2 * * *");
        var due = DateTimeOffset.Parse("2026-06-10T02:30:00Z");
        var host = await Host(time: new SettableTime(due));
        Volatile.Write(ref away, true);
        await Assert.ThrowsExactlyAsync<RunFailedException>(() => ((IDeliveries)host).FiredAsync("night", due, CancellationToken.None));
        Volatile.Write(ref away, false);

        await Until("night@20260610T023000Z", ExecutionState.Finished);
        Assert.AreEqual(1, Nightly.Runs);
    }

    [TestMethod]
    public async Task A_queue_that_fails_for_a_moment_ends_nothing_and_the_host_still_stops()
    {
        int fails = 3;
        var left = new LedgerExecution("left", JobNames.Nightly, null, new Dictionary<string, string>(), "mia", ExecutionState.Queued, DateTimeOffset.UnixEpoch, "dead");
        Ledger.Save(left);
        Ledger.Save(left with { Id = "left too" });
        var host = await Host("b", wrap: engine => Interfered<IScheduleEngine>.Over(engine, method =>
        {
            if (method == nameof(IScheduleEngine.EnqueueAsync) && Interlocked.Decrement(ref fails) >= 0) throw new InvalidOperationException("the queue is away");
        }));

        await Until("left", ExecutionState.Finished);
        await Until("left too", ExecutionState.Finished);
        string id = await host.TriggerAsync(Request());
        await Until(id, ExecutionState.Finished);
        await host.StopAsync();
    }

    [TestMethod]
    public async Task What_was_missed_or_left_is_found_behind_any_number_of_newer_executions()
    {
        var time = new SettableTime(DateTimeOffset.Parse("2026-06-10T09:00:00Z"));
        Schedules["night"] = Options("30 2 * * *");
        Served("night", "2026-06-05T02:30:00Z");
        Ledger.Save(new LedgerExecution("left", JobNames.Nightly, null, new Dictionary<string, string>(), "mia", ExecutionState.Queued, DateTimeOffset.Parse("2026-06-05T03:00:00Z"), "dead"));
        for (int i = 0; i < 600; i++) Served("often", DateTimeOffset.Parse("2026-06-06T00:00:00Z").AddMinutes(i).ToString("O"));
        var host = await Host(time: time);

        await Until("left", ExecutionState.Finished);
        await Until("night@20260610T023000Z", ExecutionState.Finished);
        Assert.IsNotNull((await host.SchedulesAsync()).Single().LastFired);
    }

    [TestMethod]
    public async Task A_host_that_was_taken_over_from_writes_nothing_down_whatever_its_work_ends_with()
    {
        Nightly.Does = work =>
        {
            // What a host that was paused beyond its term finds when it goes on.
            var lease = Ledger.Lease(ExecutionDesk.LeaseOf(work.Execution.Id))!;
            Ledger.Release(new LeaseGrant(lease.Name, lease.Holder, lease.Token));
            Ledger.TryAcquire(lease.Name, "other", TimeSpan.FromMinutes(1));
            Ledger.Save(work.Execution with { State = ExecutionState.Running, Node = "other" });
            throw new RunFailedException("the store's lease is another's");
        };
        var host = await Host();
        string id = await host.TriggerAsync(Request());
        using var patience = new CancellationTokenSource(Patience);
        while (Nightly.Runs == 0 && !patience.IsCancellationRequested) await Task.Delay(10);
        await host.StopAsync();

        Assert.AreEqual((ExecutionState.Running, "other"), (Ledger.Execution(id)!.State, Ledger.Execution(id)!.Node));
    }
}
