using Hangfire;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Hangfire in memory, the ledger in SQLite.</summary>
[TestClass]
public sealed class MemoryJobTests : JobContract
{
    private protected override bool IsShared => false;

    private protected override PublishOptions Publish(string folder) => new() { Path = folder };

    private protected override JobStorage Storage() => HangfireStores.Memory();

    private protected override Task WasUp(string schedule, string cron, TimeSpan ago)
    {
        Ledger.Save(new LedgerSchedule(schedule, cron, "UTC", TimeProvider.System.GetUtcNow() - ago));
        return Task.CompletedTask;
    }

    [TestMethod]
    public async Task An_interrupted_run_is_taken_up_once_with_its_parameters_and_policy()
    {
        Schedules["night"] = Options("30 2 * * *");
        await WasUp("night", "30 2 * * *", TimeSpan.FromDays(2));
        Place.Ledger.Save(new LedgerRun("000007-a", JobNames.Nightly, RunState.Running, DateTimeOffset.UnixEpoch, null, 1, 42, 1, "plan", null, null));
        var order = new JobOrder(JobNames.Nightly, new() { ["Diversify:Lambda"] = "0.4" }, "night", TimeLimit: TimeSpan.FromHours(3), Retries: 2);
        Ledger.Save(order.ToRequest("000007-a", "mia", "dead", "gone"));
        await Host();
        await JobHost.Until(() => Nightly.Runs == 1, "it is taken up");
        await Task.Delay(1000);
        Assert.AreEqual(1, Nightly.Runs, "the missed time is the same work");
        var taken = Nightly.Seen.Single().Order;
        Assert.AreEqual(("0.4", TimeSpan.FromHours(3), 2), (taken.Parameters["Diversify:Lambda"], taken.TimeLimit, taken.Retries));
    }

    [TestMethod]
    public async Task A_run_from_a_command_line_is_not_taken_up()
    {
        Place.Ledger.Save(new LedgerRun("000007-a", JobNames.Nightly, RunState.Running, DateTimeOffset.UnixEpoch, null, 1, 42, 1, "plan", null, null));
        await Host();
        await Task.Delay(1000);
        Assert.AreEqual(0, Nightly.Runs);
    }

    [TestMethod]
    public async Task A_time_that_was_served_is_not_missed_after_a_restart()
    {
        Schedules["night"] = Options("30 2 * * *");
        await WasUp("night", "30 2 * * *", TimeSpan.FromDays(5));
        var host = await Host();
        await JobHost.Until(() => Nightly.Runs == 1, "the missed time");
        await JobHost.Until(() => host.Scheduler.Jobs(10).Single().State == JobState.Finished, "it has ended");
        await host.StopAsync();
        await Host();
        await Task.Delay(1000);
        Assert.AreEqual(1, Nightly.Runs);
    }
}
