using Hangfire;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>What docs/operations.md says of jobs, with the real library over each storage.</summary>
public abstract partial class JobContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-jobs-").FullName;
    private readonly List<JobHost> _hosts = [];

    private protected TestJob Nightly { get; } = new(JobNames.Nightly);

    private protected TestJob Prune { get; } = new(JobNames.Prune);

    private protected ScheduleTable Schedules { get; } = [];

    private protected OutputConnection Place { get; private set; } = null!;

    private protected OperationsLedger Ledger => Place.Operations;

    /// <summary>Where hosts share their jobs; false where each has its own.</summary>
    private protected abstract bool IsShared { get; }

    private protected abstract PublishOptions Publish(string folder);

    private protected abstract JobStorage Storage();

    [TestInitialize]
    public void OpenPlace() => Place = OutputConnection.OpenForServing(Publish(_folder), TimeProvider.System);

    [TestCleanup]
    public async Task StopHosts()
    {
        foreach (var host in _hosts) await host.DisposeAsync();
        Place?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private protected async Task<JobHost> Host(string node = "a", bool starts = true, TimeProvider? time = null, ScheduleTable? schedules = null)
    {
        var options = new SchedulerOptions
        {
            Node = node,
            Store = IsShared ? SchedulerStore.PostgreSql : SchedulerStore.Memory,
            PollInterval = TimeSpan.FromMilliseconds(200),
            BusyDelay = TimeSpan.FromMilliseconds(200),
        };
        var host = new JobHost(Storage(), Place, schedules ?? Schedules, options, [Nightly, Prune], time);
        _hosts.Add(host);
        if (starts) await host.StartAsync();
        return host;
    }

    private protected static JobOrder Order(string job = JobNames.Nightly, params (string Key, string Value)[] parameters) =>
        new(job, parameters.ToDictionary(p => p.Key, p => p.Value));

    private protected static ScheduleOptions Options(string? cron = "0 3 1 1 *", string? after = null) =>
        new() { Job = JobNames.Nightly, Cron = after is null ? cron : null, After = after };

    [TestMethod]
    public async Task Trigger_takes_parameters_along_and_goes_through_its_states()
    {
        var gate = new TaskCompletionSource();
        Nightly.Does = async work =>
        {
            TestJob.Begin(work, "000001-a");
            await gate.Task;
            return "version 7";
        };
        var host = await Host();
        string id = host.Scheduler.Trigger(Order(parameters: ("Diversify:Lambda", "0.4")), "mia");
        var running = await host.Until(id, JobState.Running);
        await JobHost.Until(() => host.Scheduler.Job(id)!.RunId is not null, "the run");
        gate.SetResult();
        var finished = await host.Until(id, JobState.Finished);

        Assert.AreEqual(("a", "mia", 1), (running.Node, running.RequestedBy, running.Attempt));
        Assert.AreEqual("nightly, Diversify:Lambda = 0.4", finished.Order.ToString());
        Assert.AreEqual(("version 7", "000001-a"), (finished.Message, finished.RunId));
        Assert.IsNotNull(finished.Ended);
        CollectionAssert.AreEqual((string[])["Succeeded", "Processing", "Enqueued"], host.History(id).Select(h => h.StateName).ToArray());
        var request = Ledger.Request("000001-a")!;
        Assert.AreEqual(("mia", "a", id, "0.4"), (request.RequestedBy, request.Node, request.JobId, request.Parameters["Diversify:Lambda"]));
    }

    [TestMethod]
    public async Task What_cannot_be_used_is_refused_before_it_is_queued()
    {
        var host = await Host();
        Assert.ThrowsExactly<ConfigurationException>(() => host.Scheduler.Trigger(Order("nigthly"), "mia"));
        Assert.ThrowsExactly<ConfigurationException>(() => host.Scheduler.Trigger(Order(parameters: ("wrong", "1")), "mia"));
        Assert.ThrowsExactly<KeyNotFoundException>(() => host.Scheduler.TriggerSchedule("none", "mia"));
        Assert.IsEmpty(host.Scheduler.Jobs(10));

        Schedules["night"] = Options();
        Schedules["night"].Set["wrong"] = "1";
        StringAssert.StartsWith((await Assert.ThrowsExactlyAsync<ConfigurationException>(() => Host("b"))).Message, "Schedules:night:Set: 'wrong'");
    }

    [TestMethod]
    public async Task A_schedule_fires_by_its_expression_once_over_all_hosts()
    {
        Schedules["often"] = Options("* * * * * *");
        await Host("a");
        if (IsShared) await Host("b");
        await JobHost.Until(() => Nightly.Runs >= 6, "six times");

        var jobs = _hosts[0].Scheduler.Jobs(100);
        Assert.IsTrue(jobs.All(j => j is { RequestedBy: "schedule", Order.Schedule: "often" }));
        Assert.IsTrue(Nightly.Seen.Select(w => w.Holder.JobId).Distinct().Count() == Nightly.Runs, "a job ran twice");
        // The first may be written a second late, or more on a busy machine; twice the jobs would still be too many.
        Assert.IsLessThanOrEqualTo((jobs.Max(j => j.Created) - jobs.Min(j => j.Created)).TotalSeconds + 3, jobs.Count, "a time became two jobs");
    }

    [TestMethod]
    public async Task A_paused_schedule_says_who_paused_it_and_fires_on_no_host()
    {
        Schedules["often"] = Options("* * * * * *");
        var idle = await Host("idle", starts: false);
        idle.Scheduler.Pause("often", "mia");
        var host = await Host();
        Assert.AreEqual("mia", host.Scheduler.Schedules().Single().PausedBy);
        await Task.Delay(2500);
        Assert.AreEqual(0, Nightly.Runs);

        string asked = host.Scheduler.TriggerSchedule("often", "ole");
        await host.Until(asked, JobState.Finished);
        Assert.AreEqual(1, Nightly.Runs, "a person's click runs it all the same");
        host.Scheduler.Resume("often", "olga");
        await JobHost.Until(() => Nightly.Runs > 1, "it fires again");
        Assert.IsNull(host.Scheduler.Schedules().Single().PausedBy);
        Assert.ThrowsExactly<KeyNotFoundException>(() => host.Scheduler.Pause("none", "mia"));
    }

    [TestMethod]
    public async Task Cancel_stops_what_runs_and_what_waits_and_nothing_that_ended()
    {
        Nightly.Does = TestJob.UntilCancelled;
        var host = await Host();
        var other = IsShared ? await Host("b", starts: false) : host;
        string id = host.Scheduler.Trigger(Order(), "mia");
        await host.Until(id, JobState.Running);
        await JobHost.Until(() => Nightly.Runs == 1, "it works");
        Assert.IsTrue(other.Scheduler.Cancel(id, "ole"));
        await JobHost.Until(() => Nightly.Seen.Single().Cancellation.IsCancellationRequested, "its token fires");
        Assert.AreEqual("cancelled by ole", (await host.Until(id, JobState.Deleted)).Message);
        Assert.IsFalse(other.Scheduler.Cancel(id, "ole"), "it has ended");
        Assert.IsFalse(other.Scheduler.Cancel("4711", "ole"), "there is none");
    }

    [TestMethod]
    public async Task A_failure_is_retried_and_a_refusal_or_wrong_configuration_is_not()
    {
        Schedules["night"] = Options();
        Schedules["night"].Retries = 2;
        Schedules["night"].RetryDelay = TimeSpan.FromSeconds(1);
        int left = 2;
        Nightly.Does = _ =>
            left-- > 0 ? throw new RunFailedException("the disk went, and its message is longer than fifty letters") : Task.FromResult<string?>(null);
        var host = await Host();
        string id = host.Scheduler.TriggerSchedule("night", "mia");
        var waits = await host.Until(id, JobState.Scheduled);
        Assert.AreEqual("Retry attempt 1 of 2: the disk went, and its message is longer than fifty letters", waits.Message);
        Assert.AreEqual(waits.Message, waits.Failure);
        using (var connection = host.Hangfire.Storage.GetConnection())
            Assert.IsTrue(connection.GetAllItemsFromSet("retries").Contains(id), "the dashboard's page of retries has it");
        Assert.AreEqual(3, (await host.Until(id, JobState.Finished)).Attempt);

        Nightly.Does = _ => throw new RunFailedException("the disk went");
        var failed = await host.Until(host.Scheduler.TriggerSchedule("night", "mia"), JobState.Failed);
        Assert.AreEqual((3, "the disk went"), (failed.Attempt, failed.Message));
        Assert.AreEqual("Attempt 3 of 3 failed", host.History(failed.Id)[0].Reason);

        Nightly.Does = _ => throw new GateRefusedException("data", "too few rows");
        var refused = await host.Until(host.Scheduler.TriggerSchedule("night", "mia"), JobState.Refused);
        Assert.AreEqual((1, "A gate refused; what is published stays as it is"), (refused.Attempt, host.History(refused.Id)[0].Reason));
        Nightly.Does = _ => throw new ConfigurationException("no such column");
        Assert.AreEqual(1, (await host.Until(host.Scheduler.TriggerSchedule("night", "mia"), JobState.Failed)).Attempt);
        Assert.AreEqual("no such column", host.Scheduler.Schedules().Single().Last!.Message);
    }

    [TestMethod]
    public async Task A_time_limit_ends_an_attempt_and_travels_with_the_job()
    {
        Schedules["night"] = Options();
        Schedules["night"].TimeLimit = TimeSpan.FromMilliseconds(300);
        Nightly.Does = TestJob.UntilCancelled;
        var asks = await Host("asks", starts: false);
        asks.Recurring.Declare();
        string id = asks.Scheduler.TriggerSchedule("night", "mia");
        // The host that works on it has no such schedule, and keeps the limit.
        var works = IsShared ? await Host("works", schedules: []) : asks;
        if (!IsShared) await works.StartAsync();
        StringAssert.Contains((await works.Until(id, JobState.Failed)).Message, "time limit of 00:00:00.3");
    }

    [TestMethod]
    public async Task Success_starts_the_schedule_that_comes_after_and_failure_does_not()
    {
        Schedules["night"] = Options();
        Schedules["tidy"] = new ScheduleOptions { Job = JobNames.Prune, After = "night", Set = new() { ["keep"] = "3" } };
        var host = await Host();
        await host.Until(host.Scheduler.TriggerSchedule("night", "mia"), JobState.Finished);
        await JobHost.Until(() => Prune.Runs == 1, "the follower");
        Assert.AreEqual("3", Prune.Seen.Single().Order.Parameters["keep"]);
        Assert.AreEqual("schedule", host.Scheduler.Jobs(10).Single(j => j.Order.Job == JobNames.Prune).RequestedBy);

        Nightly.Does = _ => throw new RunFailedException("no");
        await host.Until(host.Scheduler.TriggerSchedule("night", "mia"), JobState.Failed);
        await Task.Delay(500);
        Assert.AreEqual(1, Prune.Runs);
    }

    [TestMethod]
    public async Task The_same_work_at_once_is_done_once_and_the_second_says_by_whom()
    {
        var store = WritesOneStore();
        var host = await Host();
        string first = host.Scheduler.Trigger(Order(), "mia");
        await JobHost.Until(() => host.Scheduler.Job(first)!.RunId is not null, "the first one's run");
        var second = await host.Until(host.Scheduler.Trigger(Order(), "mia"), JobState.Deleted);
        Assert.AreEqual($"job {first} on a was doing this work already in run 000007-a", second.Message);
        CollectionAssert.DoesNotContain(host.History(second.Id).Select(h => h.StateName).ToArray(), "Failed");
        store.SetResult();
        await host.Until(first, JobState.Finished);
    }

    [TestMethod]
    public async Task Other_work_waits_for_its_turn()
    {
        var store = WritesOneStore();
        var host = await Host();
        string first = host.Scheduler.Trigger(Order(), "mia");
        await JobHost.Until(() => host.Scheduler.Job(first)!.RunId is not null, "the first one's run");
        string other = host.Scheduler.Trigger(Order(parameters: ("Diversify:Lambda", "0.4")), "mia");
        StringAssert.StartsWith((await host.Until(other, JobState.Scheduled)).Message, "waits: the output store is being written by a: nightly");
        store.SetResult();
        await host.Until(other, JobState.Finished);
        await host.Until(first, JobState.Finished);
    }

    [TestMethod]
    public async Task A_running_job_that_is_requeued_is_stopped_and_worked_on_anew()
    {
        int attempt = 0;
        Nightly.Does = work => Interlocked.Increment(ref attempt) == 1 ? TestJob.UntilCancelled(work) : Task.FromResult<string?>("again");
        var host = await Host();
        string id = host.Scheduler.Trigger(Order(), "mia");
        await JobHost.Until(() => Nightly.Runs == 1, "it works");
        Assert.IsTrue(host.Hangfire.Client.ChangeState(id, new EnqueuedState()));
        Assert.AreEqual("again", (await host.Until(id, JobState.Finished)).Message);
        await JobHost.Until(() => Nightly.Seen.First().Cancellation.IsCancellationRequested, "the first attempt is told");
    }

    [TestMethod]
    public async Task What_a_host_leaves_when_it_stops_the_next_one_takes_up()
    {
        Nightly.Does = work => work.Holder.Node == "a" ? TestJob.UntilCancelled(work) : Task.FromResult<string?>(null);
        var a = await Host("a");
        string id = a.Scheduler.Trigger(Order(parameters: ("Diversify:Lambda", "0.4")), "mia");
        await JobHost.Until(() => Nightly.Runs == 1, "a works");
        await a.StopAsync();
        var b = await Host("b");
        await JobHost.Until(
            () => b.Scheduler.Jobs(10).Any(j => j is { State: JobState.Finished, RequestedBy: "mia" } && j.Order.Parameters["Diversify:Lambda"] == "0.4"),
            "b has done it");
        Assert.AreEqual(2, Nightly.Runs);
        if (IsShared) Assert.AreEqual(id, b.Scheduler.Jobs(10).Single().Id);
    }

    [TestMethod]
    public async Task Hosts_with_different_schedules_leave_each_others_alone()
    {
        ScheduleTable one = new() { ["one"] = Options() }, two = new() { ["two"] = Options() };
        var a = await Host("a", schedules: one);
        string[] Names(JobHost host)
        {
            using var connection = host.Hangfire.Storage.GetConnection();
            return [.. connection.GetRecurringJobs().Select(r => r.Id).Order(StringComparer.Ordinal)];
        }
        if (IsShared)
        {
            var b = await Host("b", schedules: two);
            CollectionAssert.AreEqual((string[])["one", "two"], Names(b));
        }
        // The same host without the schedule: nobody has it any more.
        var again = new JobHost(
            a.Hangfire.Storage, Place, [],
            new SchedulerOptions { Node = "a", Store = IsShared ? SchedulerStore.PostgreSql : SchedulerStore.Memory }, [Nightly, Prune]);
        again.Recurring.Declare();
        Assert.AreEqual(IsShared ? "two" : "", string.Join(' ', Names(again)));
    }

    [TestMethod]
    public async Task An_entry_that_the_version_before_wrote_by_hand_is_replaced()
    {
        Schedules["night"] = Options("30 2 * * *");
        Schedules["night"].TimeZone = "Europe/Berlin";
        var storage = await Host("a", starts: false);
        using (var connection = storage.Hangfire.Storage.GetConnection())
        using (var transaction = connection.CreateWriteTransaction())
        {
            foreach (string name in (string[])["night", "gone"])
            {
                transaction.AddToSet("recurring-jobs", name, -1);
                transaction.SetRangeInHash("recurring-job:" + name,
                [
                    new("Queue", "default"), new("Cron", "30 2 * * *"), new("TimeZoneId", "Europe/Berlin"), new("NextExecution", ""), new("V", "2"),
                    new("CreatedAt", "1700000000000"),
                    new(
                        "Job",
                        """{"t":"Recsys.Batch.Jobs.Scheduling.HangfireEngine.HangfireDelivery, Recsys.Batch.Jobs","m":"Schedule","""
                            + """ "p":["System.String"],"a":["\"night\""]}"""),
                ]);
            }
            transaction.Commit();
        }
        storage.Recurring.Declare();
        using var after = storage.Hangfire.Storage.GetConnection();
        var entry = after.GetRecurringJobs().Single();
        Assert.AreEqual("nightly (schedule night)", HangfireClient.OrderOf(entry.Job)!.ToString());
        Assert.IsNull(entry.LoadException);
        storage.Scheduler.TriggerSchedule("night", "mia");
        await storage.StartAsync();
        await JobHost.Until(() => Nightly.Runs >= 1, "it runs when it is triggered");
    }

    [TestMethod]
    public async Task What_the_version_before_had_queued_is_queued_anew()
    {
        Schedules["night"] = Options();
        Schedules["night"].Retries = 4;
        Ledger.Save(new LedgerRequest(
            "night@20260610T023000Z", JobNames.Nightly, new Dictionary<string, string> { ["from"] = "train" }, "schedule", "night", Waits: true));
        var host = await Host();
        await JobHost.Until(() => Nightly.Runs == 1, "it is done");
        var order = Nightly.Seen.Single().Order;
        Assert.AreEqual(("night", "train", 4), (order.Schedule, order.Parameters["from"], order.Retries));
        Assert.IsEmpty(Ledger.TakeWaiting());
    }

    /// <summary>Makes the job take the store's lease and hold it until what is returned is set.</summary>
    private TaskCompletionSource WritesOneStore()
    {
        var done = new TaskCompletionSource();
        Nightly.Does = async work =>
        {
            using var lease = StoreLease.Take(Place, _folder, work.Holder, TimeSpan.FromMinutes(1), TimeProvider.System);
            TestJob.Begin(work, "000007-a");
            await done.Task.WaitAsync(work.Cancellation);
            return null;
        };
        return done;
    }
}
