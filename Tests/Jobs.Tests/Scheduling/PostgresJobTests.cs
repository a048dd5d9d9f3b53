using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Npgsql;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Hangfire in PostgreSQL, shared by hosts, and the ledger there too.</summary>
[TestClass]
public sealed class PostgresJobTests : JobContract
{
    private readonly string _schema = PostgresServer.NewSchema();
    private TimeSpan _invisibility = TimeSpan.FromSeconds(5);

    private protected override bool IsShared => true;

    private protected override PublishOptions Publish(string folder) =>
        new() { Path = folder, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = _schema };

    private protected override JobStorage Storage() => HangfireStores.PostgreSql(PostgresServer.Connection, _schema, _invisibility);

    private protected override async Task WasUp(string schedule, string cron, TimeSpan ago)
    {
        var host = await Host("was up", starts: false);
        var then = TimeProvider.System.GetUtcNow().UtcDateTime - ago;
        new RecurringJobManager(host.Hangfire.Storage, host.Hangfire, new DefaultTimeZoneResolver(), () => then).AddOrUpdate(
            schedule, HangfireClient.JobOf(new JobOrder(JobNames.Nightly, [], schedule)), cron, new RecurringJobOptions { TimeZone = TimeZoneInfo.Utc });
    }

    [TestMethod]
    public async Task A_job_that_outlives_the_invisibility_timeout_is_delivered_once()
    {
        _invisibility = TimeSpan.FromSeconds(2);
        var gate = new TaskCompletionSource();
        Nightly.Does = async _ =>
        {
            await gate.Task;
            return null;
        };
        var a = await Host("a");
        await Host("b");
        string id = a.Scheduler.Trigger(Order(), "mia");
        await JobHost.Until(() => Nightly.Runs == 1, "it works");
        await Task.Delay(_invisibility * 4);
        gate.SetResult();
        await a.Until(id, JobState.Finished);
        Assert.AreEqual(1, a.History(id).Count(h => h.StateName == ProcessingState.StateName));
        Assert.AreEqual(1, Nightly.Runs);
    }

    [TestMethod]
    public async Task What_a_killed_host_left_is_delivered_again_after_the_timeout()
    {
        _invisibility = TimeSpan.FromSeconds(2);
        var dead = await Host("dead", starts: false);
        string id = dead.Scheduler.Trigger(Order(), "mia");
        // What a killed worker leaves: a message that was fetched, and nobody who keeps it.
        Assert.AreEqual(1, Execute($"UPDATE \"{HangfireStores.SchemaBeside(_schema)}\".jobqueue SET fetchedat = now()"));
        var b = await Host("b");
        Assert.AreEqual(0, Nightly.Runs);
        await b.Until(id, JobState.Finished);
        Assert.AreEqual("b", Nightly.Seen.Single().Holder.Node);
    }

    [TestMethod]
    public async Task A_lock_that_a_killed_host_left_holds_schedules_up_for_its_timeout()
    {
        _invisibility = TimeSpan.FromSeconds(3);
        Schedules["often"] = Options("* * * * * *");
        var dead = await Host("dead", starts: false);
        using (var connection = dead.Hangfire.Storage.GetConnection()) _ = connection.AcquireDistributedLock("recurring-jobs:lock", TimeSpan.FromSeconds(5));
        await Host("b");
        await JobHost.Until(() => Nightly.Runs > 0, "it fires");
    }

    [TestMethod]
    public async Task Hosts_whose_clocks_are_apart_fire_a_time_once_and_respect_each_other()
    {
        var ahead = new ClockAhead(TimeSpan.FromMinutes(10));
        ScheduleTable often = new() { ["often"] = Options("* * * * * *") }, rare = new() { ["rare"] = Options() };
        var a = await Host("a", schedules: often);
        await JobHost.Until(() => Nightly.Runs > 0, "the host whose clock is right fires");
        // It began long ago: that it is up is for Hangfire to say, whose clock is the database's.
        using (var connection = a.Hangfire.Storage.GetConnection())
        using (var transaction = connection.CreateWriteTransaction())
        {
            transaction.SetRangeInHash("recsys:schedules", [KeyValuePair.Create("a", JobHelper.SerializeDateTime(DateTime.UnixEpoch) + " often")]);
            transaction.Commit();
        }
        var b = await Host("b", time: ahead, schedules: rare);
        using (var connection = b.Hangfire.Storage.GetConnection())
            CollectionAssert.AreEquivalent((string[])["often", "rare"], connection.GetRecurringJobs().Select(r => r.Id).ToArray());

        // The clock ahead has fired times that are yet to come by the other: those do not come again.
        new RecurringJobManager(b.Hangfire.Storage, b.Hangfire, new DefaultTimeZoneResolver(), () => ahead.GetUtcNow().UtcDateTime).TriggerJob("often");
        await JobHost.Until(() => a.Scheduler.Jobs(100).All(j => !j.IsOpen), "what was queued is done");
        int before = Nightly.Runs;
        await Task.Delay(3000);
        Assert.AreEqual(before, Nightly.Runs);

        Assert.IsNotNull(Place.Operations.TryAcquire("store", "a", TimeSpan.FromMinutes(1)));
        using var place = OutputConnection.OpenForServing(Publish(Place.Folder.Path), ahead);
        Assert.IsNull(place.Operations.TryAcquire("store", "b", TimeSpan.FromMinutes(1)));
    }

    [TestMethod]
    public async Task A_queue_that_is_away_for_a_moment_loses_nothing()
    {
        _invisibility = TimeSpan.FromSeconds(2);
        Schedules["often"] = Options("* * * * * *");
        var host = await Host();
        await JobHost.Until(() => Nightly.Runs > 0, "it fires");
        string schema = HangfireStores.SchemaBeside(_schema);
        Execute($"ALTER SCHEMA \"{schema}\" RENAME TO \"{schema}_away\"");
        StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(() => host.Scheduler.Trigger(Order(), "mia")).Message, "nothing was queued");
        await Task.Delay(2000);
        Execute($"ALTER SCHEMA \"{schema}_away\" RENAME TO \"{schema}\"");
        string id = host.Scheduler.Trigger(Order(JobNames.Prune), "mia");
        await host.Until(id, JobState.Finished);
        int before = Nightly.Runs;
        await JobHost.Until(() => Nightly.Runs > before, "it fires again");
    }

    [TestMethod]
    public async Task A_job_of_the_version_before_is_taken_off_with_a_word()
    {
        var host = await Host(starts: false);
        string id = host.Scheduler.Trigger(Order(), "mia");
        Assert.AreEqual(1, Execute($$"""
            UPDATE "{{HangfireStores.SchemaBeside(_schema)}}".job SET arguments = '["\"e1\"", null]',
                invocationdata = '{"Type":"Recsys.Batch.Jobs.Scheduling.HangfireEngine.HangfireDelivery, Recsys.Batch.Jobs","Method":"Execution",
                    "ParameterTypes":"[\"System.String\",\"Hangfire.Server.PerformContext, Hangfire.Core\"]","Arguments":"[\"\\\"e1\\\"\",null]"}'
            """));
        await host.StartAsync();
        await JobHost.Until(() => host.History(id)[0].StateName == DeletedState.StateName, "it is deleted");
        StringAssert.Contains(host.History(id)[0].Reason, "the version before queued it");
    }

    private sealed class ClockAhead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }

    private static int Execute(string sql)
    {
        using var connection = new NpgsqlConnection(PostgresServer.Connection);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteNonQuery();
    }
}
