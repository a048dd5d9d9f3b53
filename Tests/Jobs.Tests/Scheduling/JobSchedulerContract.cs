using Microsoft.Extensions.Logging.Abstractions;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Executions;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>What every engine behind the scheduler's port has to keep.</summary>
internal abstract partial class JobSchedulerContract
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<JobScheduler> _hosts = [];

    private protected TestJob Nightly { get; } = new(JobNames.Nightly);

    private protected TestJob Prune { get; } = new(JobNames.Prune);

    private protected IOperationsLedger Ledger { get; set; } = new MemoryOperations(TimeProvider.System);

    private protected ScheduleTable Schedules { get; } = [];

    private protected abstract IScheduleEngine Engine(SchedulerOptions options, string node);

    [TestCleanup]
    public async Task StopHosts()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        _hosts.Clear();
    }

    private protected async Task<JobScheduler> Host(string node = "a", TimeProvider? time = null, bool starts = true, Func<IScheduleEngine, IScheduleEngine>? wrap = null)
    {
        var options = new SchedulerOptions
        {
            Node = node,
            Watch = TimeSpan.FromMilliseconds(100),
            LeaseTerm = TimeSpan.FromSeconds(5),
            BusyDelay = TimeSpan.FromMilliseconds(100),
        };
        time ??= TimeProvider.System;
        var host = new JobScheduler(wrap is null ? Engine(options, node) : wrap(Engine(options, node)), Ledger, new JobCatalog([Nightly, Prune]), Schedules, options, time, NullLogger<JobScheduler>.Instance);
        _hosts.Add(host);
        if (starts) await host.StartAsync();
        return host;
    }

    private protected async Task<LedgerExecution> Until(string id, params ExecutionState[] states)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            if (Ledger.Execution(id) is { } found && states.Contains(found.State)) return found;
            if (patience.IsCancellationRequested) Assert.Fail($"{id} is {Ledger.Execution(id)?.ToString() ?? "missing"}; waited for {string.Join(" or ", states)}");
            await Task.Delay(10);
        }
    }

    private protected static JobRequest Request(string job = JobNames.Nightly, string? schedule = null, params (string Key, string Value)[] parameters) =>
        new(job, parameters.ToDictionary(p => p.Key, p => p.Value), "mia", schedule);

    private protected static ScheduleOptions Options(string? cron = "0 3 1 1 *", string? after = null) => new() { Job = JobNames.Nightly, Cron = after is null ? cron : null, After = after };

    [TestMethod]
    public async Task A_job_is_triggered_with_its_parameters_and_goes_through_its_states()
    {
        var gate = new TaskCompletionSource();
        Nightly.Does = async _ =>
        {
            await gate.Task;
            return "version 7";
        };
        var host = await Host();
        string id = await host.TriggerAsync(Request(parameters: ("Diversify:Lambda", "0.4")));
        var running = await Until(id, ExecutionState.Running);
        gate.SetResult();
        var finished = await Until(id, ExecutionState.Finished);

        Assert.AreEqual(("a", "mia", 1), (running.Node, running.RequestedBy, running.Attempt));
        Assert.AreEqual("0.4", Nightly.Seen.Single().Execution.Parameters["Diversify:Lambda"]);
        Assert.AreEqual("version 7", finished.Message);
        Assert.IsNotNull(finished.Ended);
    }

    [TestMethod]
    public async Task What_cannot_be_used_is_refused_before_it_is_enqueued()
    {
        var host = await Host();
        await Assert.ThrowsExactlyAsync<ConfigurationException>(() => host.TriggerAsync(Request("nigthly")));
        await Assert.ThrowsExactlyAsync<ConfigurationException>(() => host.TriggerAsync(Request(parameters: ("wrong", "1"))));
        await Assert.ThrowsExactlyAsync<KeyNotFoundException>(() => host.TriggerAsync(Request(schedule: "none")));
        Assert.AreEqual(0, Ledger.Executions(10).Count);
    }

    [TestMethod]
    public async Task A_cron_expression_fires()
    {
        Schedules["often"] = Options("* * * * * *");
        await Host();
        using var patience = new CancellationTokenSource(Patience);
        while (Nightly.Runs == 0 && !patience.IsCancellationRequested) await Task.Delay(10);

        var execution = Nightly.Seen.First().Execution;
        Assert.AreEqual(("often", "schedule"), (execution.Schedule, execution.RequestedBy));
        StringAssert.StartsWith(execution.Id, "often@");
    }

    [TestMethod]
    public async Task A_time_that_fires_on_two_hosts_is_one_execution()
    {
        Schedules["often"] = Options("* * * * * *");
        await Host("a");
        await Host("b");
        using var patience = new CancellationTokenSource(Patience);
        while (Nightly.Runs < 3 && !patience.IsCancellationRequested) await Task.Delay(10);

        Assert.IsTrue(Nightly.Runs >= 3);
        Assert.AreEqual(Nightly.Runs, Nightly.Seen.Select(w => w.Execution.Id).Distinct().Count());
    }

    [TestMethod]
    public async Task A_schedule_on_hold_does_not_fire_on_any_host_and_says_who_held_it()
    {
        Schedules["often"] = Options("* * * * * *");
        var idle = await Host("idle", starts: false);
        await idle.PauseAsync("often", "mia");
        var host = await Host();
        Assert.AreEqual("mia", (await host.SchedulesAsync()).Single().PausedBy);
        await Task.Delay(1500);
        Assert.AreEqual(0, Nightly.Runs);

        await host.ResumeAsync("often");
        using var patience = new CancellationTokenSource(Patience);
        while (Nightly.Runs == 0 && !patience.IsCancellationRequested) await Task.Delay(10);
        Assert.IsTrue(Nightly.Runs > 0);
        Assert.IsFalse((await host.SchedulesAsync()).Single().Paused);
        await Assert.ThrowsExactlyAsync<KeyNotFoundException>(() => host.PauseAsync("none", "mia"));
    }

    [TestMethod]
    public async Task A_running_job_is_cancelled_from_another_host()
    {
        Nightly.Does = TestJob.UntilCancelled;
        var host = await Host("a");
        var other = await Host("b");
        string id = await host.TriggerAsync(Request());
        await Until(id, ExecutionState.Running);
        Assert.IsTrue(await other.CancelAsync(id, "ole"));
        StringAssert.Contains((await Until(id, ExecutionState.Cancelled)).Message, "cancelled by ole");
        Assert.IsFalse(await other.CancelAsync(id, "ole"), "it has ended");
    }

    [TestMethod]
    public async Task A_failure_is_tried_again_and_a_refused_gate_or_wrong_configuration_is_not()
    {
        Schedules["night"] = Options();
        Schedules["night"].Retries = 2;
        Schedules["night"].RetryDelay = TimeSpan.FromSeconds(0.1);
        Nightly.Does = work => work.Execution.Attempt < 3 ? throw new RunFailedException("the disk went") : Task.FromResult<string?>(null);
        var host = await Host();
        Assert.AreEqual(3, (await Until(await host.TriggerAsync(Request(schedule: "night")), ExecutionState.Finished)).Attempt);

        Nightly.Does = _ => throw new RunFailedException("the disk went");
        var failed = await Until(await host.TriggerAsync(Request(schedule: "night")), ExecutionState.Failed);
        Assert.AreEqual((3, "the disk went"), (failed.Attempt, failed.Message));

        Nightly.Does = _ => throw new GateRefusedException("data", "too few rows");
        Assert.AreEqual(1, (await Until(await host.TriggerAsync(Request(schedule: "night")), ExecutionState.Refused)).Attempt);
        Nightly.Does = _ => throw new ConfigurationException("no such column");
        Assert.AreEqual(1, (await Until(await host.TriggerAsync(Request(schedule: "night")), ExecutionState.Failed)).Attempt);
    }

    [TestMethod]
    public async Task A_time_limit_ends_an_attempt()
    {
        Schedules["night"] = Options();
        Schedules["night"].TimeLimit = TimeSpan.FromMilliseconds(200);
        Nightly.Does = TestJob.UntilCancelled;
        var host = await Host();
        StringAssert.Contains((await Until(await host.TriggerAsync(Request(schedule: "night")), ExecutionState.Failed)).Message, "time limit of 00:00:00.2");
    }

    [TestMethod]
    public async Task Success_starts_the_schedule_that_comes_after_and_failure_does_not()
    {
        Schedules["night"] = Options();
        Schedules["tidy"] = new ScheduleOptions { Job = JobNames.Prune, After = "night", Set = new() { ["keep"] = "3" } };
        var host = await Host();
        string id = await host.TriggerAsync(Request(schedule: "night"));
        await Until($"tidy:{id}", ExecutionState.Finished);
        Assert.AreEqual("3", Prune.Seen.Single().Execution.Parameters["keep"]);

        Nightly.Does = _ => throw new RunFailedException("no");
        string failed = await host.TriggerAsync(Request(schedule: "night"));
        await Until(failed, ExecutionState.Failed);
        Assert.IsNull(Ledger.Execution($"tidy:{failed}"));
    }

    [TestMethod]
    public async Task The_same_job_on_two_hosts_at_once_is_done_once_and_the_second_says_why_it_stood_back()
    {
        var (a, b) = await TwoHostsThatWriteOneStore();
        var ids = await Task.WhenAll(a.TriggerAsync(Request()), b.TriggerAsync(Request()));
        var stood = await Until(await OneOf(ids, ExecutionState.StoodBack), ExecutionState.StoodBack);
        var first = ids.Single(id => id != stood.Id);
        Assert.AreEqual(ExecutionState.Running, Ledger.Execution(first)!.State);
        StringAssert.Contains(stood.Message, $"execution {first} on {Ledger.Execution(first)!.Node} was doing this work already");
        _store.SetResult();
        await Until(first, ExecutionState.Finished);
    }

    [TestMethod]
    public async Task Other_work_waits_for_its_turn()
    {
        var (a, b) = await TwoHostsThatWriteOneStore();
        string first = await a.TriggerAsync(Request());
        await Until(first, ExecutionState.Running);
        string other = await b.TriggerAsync(Request(parameters: ("Diversify:Lambda", "0.4")));
        using var patience = new CancellationTokenSource(Patience);
        while (Ledger.Execution(other)!.Message is null && !patience.IsCancellationRequested) await Task.Delay(10);
        StringAssert.Contains(Ledger.Execution(other)!.Message, $"waits: the output store is being written by {Ledger.Execution(first)!.Node}: nightly");
        _store.SetResult();
        await Until(other, ExecutionState.Finished);
    }

    [TestMethod]
    public async Task What_a_host_leaves_when_it_stops_another_takes_up()
    {
        var began = new TaskCompletionSource();
        Nightly.Does = work =>
        {
            if (work.Node == "b") return Task.FromResult<string?>(null);
            began.SetResult();
            return TestJob.UntilCancelled(work);
        };
        var a = await Host("a");
        string id = await a.TriggerAsync(Request());
        await began.Task;
        await Host("b");
        await a.StopAsync();
        var finished = await Until(id, ExecutionState.Finished);
        Assert.AreEqual(("b", 1), (finished.Node, finished.Attempt));
    }

    [TestMethod]
    public async Task What_a_host_left_running_when_it_was_killed_another_takes_up()
    {
        var killed = new LedgerExecution("night@20260610T023000Z", JobNames.Nightly, null, new Dictionary<string, string>(), "schedule", ExecutionState.Running, DateTimeOffset.UnixEpoch, "dead", RunId: "000007");
        Ledger.Save(killed);
        Ledger.Save(killed with { Id = "waiting", State = ExecutionState.Queued });
        await Host("b");
        Assert.AreEqual("b", (await Until(killed.Id, ExecutionState.Finished)).Node);
        await Until("waiting", ExecutionState.Finished);
        Assert.AreEqual(2, Nightly.Runs);
    }

    [TestMethod]
    public async Task What_a_host_without_a_scheduler_was_asked_for_another_does()
    {
        var page = await Host("page", starts: false);
        string id = await page.TriggerAsync(Request());
        await Host("worker");
        Assert.AreEqual("worker", (await Until(id, ExecutionState.Finished)).Node);
    }

    [TestMethod]
    [DataRow("2026-03-29", "2026-03-28T12:00:00Z", "2026-03-29T00:59:59Z", "2026-03-29T02:00:00Z", DisplayName = "clocks go forward: 02:30 does not exist")]
    [DataRow("2026-10-25", "2026-10-24T12:00:00Z", "2026-10-25T00:29:59Z", "2026-10-25T02:00:00Z", DisplayName = "clocks go back: 02:30 comes twice")]
    public async Task A_night_comes_once_when_clocks_change(string day, string after, string notBefore, string notAfter)
    {
        Schedules["night"] = Options("30 2 * * *");
        Schedules["night"].TimeZone = "Europe/Berlin";
        var host = await Host(time: new SettableTime(DateTimeOffset.Parse(after)), starts: false);
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var next = (await host.SchedulesAsync()).Single().Next;
        var those = next.Where(t => TimeZoneInfo.ConvertTime(t, zone).ToString("yyyy-MM-dd") == day).ToList();

        Assert.AreEqual(5, next.Count);
        Assert.AreEqual(1, those.Count);
        Assert.IsTrue(those[0] > DateTimeOffset.Parse(notBefore) && those[0] <= DateTimeOffset.Parse(notAfter), those[0].ToString("u"));
        Assert.AreEqual("02:30", TimeZoneInfo.ConvertTime(next[^1], zone).ToString("HH:mm"));
    }

    [TestMethod]
    [DataRow(MisfirePolicy.RunOnce, 1)]
    [DataRow(MisfirePolicy.Skip, 0)]
    public async Task Times_at_which_no_host_was_up_run_once_or_not_at_all(MisfirePolicy policy, int expected)
    {
        var time = new SettableTime(DateTimeOffset.Parse("2026-06-10T09:00:00Z"));
        Schedules["night"] = Options("30 2 * * *");
        Schedules["night"].Misfire = policy;
        Schedules["sign"] = Options("0 8 * * *");
        Served("night", "2026-06-05T02:30:00Z");
        Served("sign", "2026-06-09T08:00:00Z");
        await Host(time: time);

        var sign = await Until("sign@20260610T080000Z", ExecutionState.Finished);
        if (expected > 0) StringAssert.Contains((await Until("night@20260610T023000Z", ExecutionState.Finished)).Id, "night");
        Assert.AreEqual("schedule", sign.RequestedBy);
        Assert.AreEqual(expected, Nightly.Seen.Count(w => w.Execution.Schedule == "night"));
    }

    [TestMethod]
    public async Task A_schedule_that_never_ran_and_one_that_was_on_hold_have_missed_nothing()
    {
        var time = new SettableTime(DateTimeOffset.Parse("2026-06-10T09:00:00Z"));
        Ledger = new MemoryOperations(time);
        Schedules["new"] = Options("30 2 * * *");
        Schedules["held"] = Options("30 2 * * *");
        Schedules["sign"] = Options("0 8 * * *");
        Served("held", "2026-06-05T02:30:00Z");
        Served("sign", "2026-06-09T08:00:00Z");
        var host = await Host("page", time, starts: false);
        await host.PauseAsync("held", "mia");
        await host.ResumeAsync("held");
        await Host(time: time);

        await Until("sign@20260610T080000Z", ExecutionState.Finished);
        Assert.AreEqual(1, Nightly.Runs);
    }

    [TestMethod]
    public async Task A_clock_set_back_does_not_serve_a_time_again()
    {
        Schedules["night"] = Options("30 2 * * *");
        var due = DateTimeOffset.Parse("2026-06-10T02:30:00Z");
        var host = await Host(time: new SettableTime(due));
        var deliveries = (IDeliveries)host;
        await deliveries.FiredAsync("night", due, CancellationToken.None);
        await deliveries.FiredAsync("night", due, CancellationToken.None);

        Assert.AreEqual(1, Nightly.Runs);
        Assert.AreEqual("night@20260610T023000Z", Ledger.Executions(10).Single().Id);
    }

    private readonly TaskCompletionSource _store = new();

    private void Served(string schedule, string due) => Ledger.Save(new LedgerExecution(
        ExecutionNames.Fired(schedule, DateTimeOffset.Parse(due)), JobNames.Nightly, schedule, new Dictionary<string, string>(), "schedule", ExecutionState.Finished, DateTimeOffset.Parse(due), "z"));

    private async Task<(JobScheduler A, JobScheduler B)> TwoHostsThatWriteOneStore()
    {
        Nightly.Does = async work =>
        {
            var holder = new WriterInfo(work.Node, work.Execution.Job, work.Execution.Id);
            using var lease = LeaseKeeper.TryTake(Ledger, StoreLease.Name, holder.ToString(), TimeSpan.FromSeconds(5), TimeProvider.System)
                ?? throw new OutputLockedException(WriterInfo.Parse(Ledger.Lease(StoreLease.Name)!.Holder), null);
            await _store.Task.WaitAsync(work.Cancellation);
            return null;
        };
        return (await Host("a"), await Host("b"));
    }

    private async Task<string> OneOf(string[] ids, ExecutionState state)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!patience.IsCancellationRequested)
        {
            if (ids.FirstOrDefault(id => Ledger.Execution(id)!.State == state) is { } found) return found;
            await Task.Delay(10);
        }
        throw new AssertFailedException($"none became {state}: {string.Join("; ", ids.Select(Ledger.Execution))}");
    }
}
