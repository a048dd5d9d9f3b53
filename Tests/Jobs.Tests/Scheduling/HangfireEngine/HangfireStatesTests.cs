using Hangfire.States;
using Hangfire.Storage;
using Hangfire.Storage.Monitoring;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>What Hangfire shows of our executions, and what its buttons do to them.</summary>
[TestClass]
internal sealed class HangfireStatesTests : IAsyncDisposable
{
    private readonly HangfireHosts _hosts = new();

    public ValueTask DisposeAsync() => _hosts.DisposeAsync();

    [TestMethod]
    public async Task A_failure_a_refusal_and_a_success_are_shown_with_our_words()
    {
        var (host, engine, _) = await _hosts.Start(HangfireStores.Memory());
        _hosts.Job.Does = _ => throw new RunFailedException("the disk went");
        var failed = await HangfireHosts.UntilShown(engine, await host.TriggerAsync(_hosts.Request()), FailedState.StateName);
        Assert.AreEqual("the disk went", failed[0].Data["ExceptionMessage"]);

        _hosts.Job.Does = _ => throw new GateRefusedException("data", "too few rows");
        var refused = await HangfireHosts.UntilShown(engine, await host.TriggerAsync(_hosts.Request()), FailedState.StateName);
        StringAssert.Contains(refused[0].Data["ExceptionMessage"], "too few rows");
        StringAssert.Contains(refused[0].Reason, "gate");

        _hosts.Job.Does = _ => Task.FromResult<string?>("version 7");
        var finished = await HangfireHosts.UntilShown(engine, await host.TriggerAsync(_hosts.Request()), SucceededState.StateName);
        Assert.AreEqual("\"version 7\"", finished[0].Data["Result"]);
        foreach (var (history, state) in ((IList<StateHistoryDto>, string)[])[(failed, "Failed"), (refused, "Failed"), (finished, "Succeeded")])
            CollectionAssert.AreEqual((string[])[state, "Processing", "Enqueued"], history.Select(h => h.StateName).ToArray());
        Assert.AreEqual(3, _hosts.Job.Runs);
    }

    [TestMethod]
    public async Task A_retry_is_the_same_job_set_aside_and_asked_for_now_it_comes_at_once()
    {
        _hosts.Schedules["night"].Retries = 1;
        var (host, engine, actions) = await _hosts.Start(HangfireStores.Memory());
        _hosts.Job.Does = work => work.Execution.Attempt == 1 ? throw new RunFailedException("the disk went") : Task.FromResult<string?>(null);
        string id = await host.TriggerAsync(_hosts.Request("night"));
        var waiting = await HangfireHosts.UntilShown(engine, id, ScheduledState.StateName);
        StringAssert.Contains(waiting[0].Reason, "attempt 1 of 2 failed");

        Assert.IsNull(await actions.RequeueAsync(engine.Jobs.Find(id)!, "ole"));
        Assert.AreEqual(2, (await _hosts.Until(id, ExecutionState.Finished)).Attempt);
        var history = await HangfireHosts.UntilShown(engine, id, SucceededState.StateName);
        Assert.AreEqual(2, history.Count(h => h.StateName == ProcessingState.StateName));
    }

    [TestMethod]
    public async Task Delete_cancels_what_runs_and_what_waits_and_takes_off_what_has_ended()
    {
        _hosts.Schedules["night"].Retries = 1;
        var (host, engine, actions) = await _hosts.Start(HangfireStores.Memory());
        _hosts.Job.Does = TestJob.UntilCancelled;
        string running = await host.TriggerAsync(_hosts.Request());
        await _hosts.Until(running, ExecutionState.Running);
        Assert.IsNull(await actions.DeleteAsync(engine.Jobs.Find(running)!, "ole"));
        StringAssert.Contains((await _hosts.Until(running, ExecutionState.Cancelled)).Message, "cancelled by ole");
        StringAssert.Contains((await HangfireHosts.UntilShown(engine, running, DeletedState.StateName))[0].Reason, "cancelled by ole");

        _hosts.Job.Does = _ => throw new RunFailedException("the disk went");
        string waiting = await host.TriggerAsync(_hosts.Request("night"));
        await HangfireHosts.UntilShown(engine, waiting, ScheduledState.StateName);
        Assert.IsNull(await actions.DeleteAsync(engine.Jobs.Find(waiting)!, "ole"));
        StringAssert.Contains((await _hosts.Until(waiting, ExecutionState.Cancelled)).Message, "cancelled by ole before it began");

        string ended = await host.TriggerAsync(_hosts.Request());
        await HangfireHosts.UntilShown(engine, ended, FailedState.StateName);
        Assert.IsNull(await actions.DeleteAsync(engine.Jobs.Find(ended)!, "ole"));
        StringAssert.Contains(HangfireHosts.History(engine, ended)![0].Reason, "taken off the list by ole");
        Assert.AreEqual(ExecutionState.Failed, _hosts.Ledger.Execution(ended)!.State);
    }

    [TestMethod]
    public async Task Requeue_asks_for_a_new_execution_with_the_same_parameters_and_is_refused_while_it_runs()
    {
        var gate = new TaskCompletionSource();
        _hosts.Job.Does = async _ =>
        {
            await gate.Task;
            return null;
        };
        var (host, engine, actions) = await _hosts.Start(HangfireStores.Memory());
        string first = await host.TriggerAsync(_hosts.Request("night"));
        await _hosts.Until(first, ExecutionState.Running);
        string job = engine.Jobs.Find(first)!;
        StringAssert.Contains(await actions.RequeueAsync(job, "ole"), "is running");
        gate.SetResult();
        await HangfireHosts.UntilShown(engine, first, SucceededState.StateName);
        Assert.IsNull(await actions.RequeueAsync(job, "ole"));

        var again = _hosts.Ledger.Executions(10).Single(e => e.Id != first);
        Assert.AreEqual(("ole", "night", "0.4"), (again.RequestedBy, again.Schedule, again.Parameters["Diversify:Lambda"]));
        await _hosts.Until(again.Id, ExecutionState.Finished);
        Assert.AreEqual(2, _hosts.Job.Runs);
        StringAssert.Contains(await actions.RequeueAsync("4711", "ole"), "not begun, or is gone");
    }

    [TestMethod]
    public async Task Schedules_are_among_the_recurring_jobs_with_their_next_time_and_are_triggered_through_the_scheduler()
    {
        _hosts.Schedules["night"].TimeZone = "Europe/Berlin";
        var (host, engine, actions) = await _hosts.Start(HangfireStores.Memory());
        var next = (await host.SchedulesAsync(1)).Single().Next[0];
        using var connection = engine.Storage.GetConnection();
        var shown = connection.GetRecurringJobs().Single();
        Assert.AreEqual(("night", "0 3 1 1 *", "Europe/Berlin", next.UtcDateTime), (shown.Id, shown.Cron, shown.TimeZoneId, shown.NextExecution));

        Assert.IsNull(await actions.TriggerAsync("night", "ole"));
        var asked = _hosts.Ledger.Executions(10).Single();
        await _hosts.Until(asked.Id, ExecutionState.Finished);
        Assert.AreEqual(("ole", "night", "0.4"), (asked.RequestedBy, asked.Schedule, asked.Parameters["Diversify:Lambda"]));
        Assert.AreEqual(engine.Jobs.Find(asked.Id), connection.GetRecurringJobs().Single().LastJobId);
        StringAssert.Contains(await actions.TriggerAsync("none", "ole"), "no schedule 'none'");
    }

    [TestMethod]
    public async Task A_job_carries_its_executions_id_and_is_called_as_people_call_it()
    {
        _hosts.Schedules["night"].TimeZone = "Europe/Berlin";
        var (host, engine, _) = await _hosts.Start(HangfireStores.Memory());
        var titles = new ExecutionTitles(_hosts.Ledger, _hosts.Schedules);
        string asked = await host.TriggerAsync(_hosts.Request("night"));
        string alone = await host.TriggerAsync(_hosts.Request());
        string fired = ExecutionNames.Fired("night", DateTimeOffset.Parse("2026-06-10T00:30:00Z"));

        var job = engine.Storage.GetMonitoringApi().JobDetails(engine.Jobs.Find(asked));
        CollectionAssert.AreEqual(new object?[] { asked, null }, job.Job.Args.ToArray());
        Assert.IsFalse(job.Properties.Values.Any(v => v.Contains("0.4", StringComparison.Ordinal)), "parameters stay in the ledger");
        Assert.AreEqual("nightly (schedule night, asked by mia)", titles.Of(asked));
        Assert.AreEqual("nightly (asked by mia)", titles.Of(alone));
        Assert.AreEqual("nightly (schedule night, due 02:30)", titles.Of(fired));
        Assert.AreEqual("nightly (schedule night)", titles.OfSchedule("night"));
    }

    [TestMethod]
    [DataRow("recsys", "recsys_hangfire")]
    [DataRow("Shop's \"lists\"; --", "shop_s__lists______cd22f185_hangfire")]
    public void A_schema_of_any_name_gives_one_that_needs_no_quotes(string schema, string beside)
    {
        string name = HangfireStores.SchemaBeside(schema);
        Assert.IsTrue(name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') && name.Length <= 63, name);
        Assert.AreEqual(beside, name);
    }
}
