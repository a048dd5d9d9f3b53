using Hangfire;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>The table of docs/operations.md on time.</summary>
public abstract partial class JobContract
{
    /// <summary>Makes a schedule's recurring job at another time, and gives its next one.</summary>
    private static DateTime? NextAt(JobHost host, string cron, string now)
    {
        var at = DateTimeOffset.Parse(now).UtcDateTime;
        new RecurringJobManager(host.Hangfire.Storage, host.Hangfire, new DefaultTimeZoneResolver(), () => at).AddOrUpdate(
            "clock", HangfireClient.JobOf(new JobOrder(JobNames.Nightly, [], "clock")), cron,
            new RecurringJobOptions { TimeZone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin") });
        using var connection = host.Hangfire.Storage.GetConnection();
        return connection.GetRecurringJobs(["clock"]).Single().NextExecution;
    }

    [TestMethod]
    public async Task Clocks_that_change_run_a_night_once_and_an_hourly_job_each_hour()
    {
        var host = await Host(starts: false);
        // Forward on 29 March at 01:00Z: 02:30 does not exist, 03:00 local is the first moment after it.
        Assert.AreEqual(DateTime.Parse("2026-03-29T01:00:00"), NextAt(host, "30 2 * * *", "2026-03-29T00:00:00Z"));
        Assert.AreEqual(DateTime.Parse("2026-03-30T00:30:00"), NextAt(host, "30 2 * * * ", "2026-03-29T01:00:02Z"));
        // Back on 25 October at 01:00Z: 02:30 comes twice, and the first one counts.
        Assert.AreEqual(DateTime.Parse("2026-10-25T00:30:00"), NextAt(host, "30 2 * * *", "2026-10-24T12:00:00Z"));
        Assert.AreEqual(DateTime.Parse("2026-10-26T01:30:00"), NextAt(host, "30 2 * * * ", "2026-10-25T00:30:02Z"));
        Assert.AreEqual(DateTime.Parse("2026-10-25T01:00:00"), NextAt(host, "0 * * * *", "2026-10-25T00:00:02Z"), "the second pass of the hour");
    }

    [TestMethod]
    [DataRow("RunOnce", 1)]
    [DataRow("Skip", 0)]
    public async Task Times_at_which_no_host_was_up_run_once_or_not_at_all(string policy, int expected)
    {
        Schedules["night"] = Options("30 2 * * *");
        Schedules["night"].Misfire = Enum.Parse<MisfirePolicy>(policy);
        await WasUp("night", "30 2 * * *", TimeSpan.FromDays(5));
        await Host();
        await Task.Delay(2000);
        Assert.AreEqual(expected, Nightly.Runs);
    }

    [TestMethod]
    public async Task A_new_schedule_an_edited_one_and_a_paused_one_have_missed_nothing()
    {
        foreach (string name in (string[])["new", "edited", "paused"]) Schedules[name] = Options("30 2 * * *");
        await WasUp("edited", "45 1 * * *", TimeSpan.FromDays(5));
        await WasUp("paused", "30 2 * * *", TimeSpan.FromDays(5));
        var host = await Host(starts: false);
        host.Scheduler.Pause("paused", "mia");
        await host.StartAsync();
        await Task.Delay(1000);
        host.Scheduler.Resume("paused", "olga");
        await Task.Delay(1000);
        Assert.AreEqual(0, Nightly.Runs);
    }

    [TestMethod]
    public async Task A_clock_that_is_set_back_serves_no_time_twice()
    {
        Schedules["night"] = Options("30 2 * * *");
        var host = await Host();
        await host.Until(host.Scheduler.TriggerSchedule("night", "mia"), JobState.Finished);
        // An hour ago, by a clock that was set back: Hangfire counts on from what it has made.
        var back = TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(1);
        using var connection = host.Hangfire.Storage.GetConnection();
        var entry = connection.GetRecurringJobs(["night"]).Single();
        Assert.IsTrue(entry.LastExecution > back && entry.NextExecution > entry.LastExecution, $"{entry.LastExecution:O} {entry.NextExecution:O}");
    }

    [TestMethod]
    public async Task A_schedule_edited_under_a_queued_job_leaves_that_job_as_it_is()
    {
        Schedules["night"] = Options();
        Schedules["night"].Set["Diversify:Lambda"] = "0.3";
        var before = await Host("a", starts: false);
        before.Recurring.Declare();
        string id = before.Scheduler.TriggerSchedule("night", "mia");
        Schedules["night"].Set["Diversify:Lambda"] = "0.9";
        if (IsShared)
        {
            await Host("b");
        }
        else
        {
            before.Recurring.Declare();
            await before.StartAsync();
        }
        await before.Until(id, JobState.Finished);
        Assert.AreEqual("0.3", Nightly.Seen.Single().Order.Parameters["Diversify:Lambda"]);
        Assert.AreEqual("0.9", before.Scheduler.Schedules().Single().Schedule.Set["Diversify:Lambda"]);
    }

    /// <summary>A host was up <paramref name="ago"/>, with a schedule by this expression, and none has been since.</summary>
    private protected abstract Task WasUp(string schedule, string cron, TimeSpan ago);
}
