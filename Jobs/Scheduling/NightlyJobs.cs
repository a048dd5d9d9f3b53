using Hangfire.Server;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling.Filters;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// What Hangfire's workers run. Hangfire delivers at least once: the lease of the output store lets one delivery work, the others wait for it or say which job
/// was doing the same.
/// </summary>
internal sealed partial class NightlyJobs(
    JobCatalog jobs, HangfireClient hangfire, OperationsLedger ledger, SchedulerOptions options, TimeProvider time, ILogger<NightlyJobs> log)
{
    /// <summary>Parameter of a job: the run that it is in.</summary>
    public const string RunId = nameof(RunId);

    /// <summary>Parameter of a job: since when it waits for the output store.</summary>
    private const string WaitsSince = nameof(WaitsSince);

    private const int LooksForARun = 10;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);

    /// <summary>Does the work of an order.</summary>
    /// <returns>What came of it, in a sentence.</returns>
    /// <exception cref="JobAbortedException">The job has another state already, or is another worker's: Hangfire leaves it alone.</exception>
    /// <exception cref="TimeoutException">It took longer than its time limit.</exception>
    public async Task<string?> RunAsync(JobOrder order, PerformContext context, CancellationToken cancellation)
    {
        string id = context.BackgroundJob.Id;
        using var limit = order.TimeLimit is { } longest ? new CancellationTokenSource(longest, time) : new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        LogBegins(id, order);
        string by = context.GetJobParameter<string?>(RequestFilter.RequestedBy) ?? RequestFilter.BySchedule;
        bool hasRun = false;
        try
        {
            var observer = new RunBegins(run =>
            {
                hasRun = true;
                if (ledger.Request(run)?.Node is { } other && other != options.ThisNode)
                    RequestFilter.Note(ledger, new AuditEntry(options.ThisNode, AuditActs.TookOver, run, $"from {other}", options.ThisNode, id));
                ledger.Save(order.ToRequest(run, by, options.ThisNode, id));
                context.SetJobParameter(RunId, run);
                context.SetJobParameter(WaitsSince, null);
            });
            var work = new JobWork(order, new WriterInfo(options.ThisNode, order.Job, id), observer, stop.Token) { RequestedBy = by };
            string? result = await jobs[order.Job].RunAsync(work).ConfigureAwait(false);
            if (!IsMine(context)) throw new JobAbortedException();
            LogEnds(id, order, result ?? "done");
            return result;
        }
        catch (Exception e) when (e is not JobAbortedException && !IsMine(context))
        {
            // A worker that lost its job, woken up late, would otherwise write its end over the work of the one that has it now.
            LogLost(id, e.Message);
            throw new JobAbortedException();
        }
        catch (OutputLockedException e)
        {
            await StandBackAsync(order, e, context, cancellation).ConfigureAwait(false);
            throw new JobAbortedException();
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"it took longer than its time limit of {order.TimeLimit}", e);
        }
        catch (RecsysException e)
        {
            LogFailed(id, order, e.Message);
            // Hangfire forgets jobs; nights beside each other show those that never began too.
            if (!hasRun) RequestFilter.Note(ledger, new AuditEntry(by, AuditActs.FailedStart, order.Job, e.Message, options.ThisNode, id));
            throw;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogUnexpected(e, id, order);
            throw;
        }
    }

    /// <summary>Whether this worker still has the job: asks the storage. A host that stops still has it.</summary>
    private static bool IsMine(PerformContext context)
    {
        try
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            return true;
        }
        catch (OperationCanceledException e)
        {
            return e is not JobAbortedException;
        }
    }

    /// <summary>
    /// The same work, at it as another job, is left to that one; anything else waits for its turn. The job's state is written here: one that a filter puts in
    /// the place of a failure leaves the failure in the job's history.
    /// </summary>
    private async Task StandBackAsync(JobOrder order, OutputLockedException busy, PerformContext context, CancellationToken cancellation)
    {
        string id = context.BackgroundJob.Id;
        IState next;
        if (busy.Holder.JobId is { } other && other != id && context.Connection.GetJobData(other) is { State: "Processing" } at
            && HangfireClient.OrderOf(at.Job) is { } same && same.IsSameWorkAs(order))
        {
            string? run = await RunOfAsync(other, context.Connection, cancellation).ConfigureAwait(false);
            next = new DeletedState { Reason = $"job {other} on {busy.Holder.Node} was doing this work already{(run is null ? "" : $" in run {run}")}" };
        }
        else
        {
            var now = time.GetUtcNow();
            var since = context.GetJobParameter<DateTimeOffset?>(WaitsSince) ?? now;
            if (now - since >= options.BusyLimit) throw new RunFailedException($"waited for {options.BusyLimit}: {busy.Message}", busy);
            context.SetJobParameter(WaitsSince, since);
            next = new ScheduledState(Wait(now - since)) { Reason = $"waits: {busy.Message}" };
        }
        LogWaits(id, next.Reason);
        hangfire.Client.ChangeState(id, next, ProcessingState.StateName);
    }

    /// <summary>The longer it has waited, the less often it looks: its history does not grow with every quarter of a minute.</summary>
    private TimeSpan Wait(TimeSpan waited) => waited / 8 > options.BusyDelay ? waited / 8 : options.BusyDelay;

    /// <summary>The run of a job that has just taken the store: it is waited for, not for long.</summary>
    private async Task<string?> RunOfAsync(string job, IStorageConnection connection, CancellationToken cancellation)
    {
        for (int look = 0; look < LooksForARun; look++)
        {
            if (Hangfire.Common.SerializationHelper.Deserialize<string?>(connection.GetJobParameter(job, RunId)) is { } run) return run;
            await Task.Delay(Look, time, cancellation).ConfigureAwait(false);
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} begins: {Order}")]
    private partial void LogBegins(string job, JobOrder order);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} has finished: {Order}: {Text}")]
    private partial void LogEnds(string job, JobOrder order, string text);

    [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} does not run now: {Text}")]
    private partial void LogWaits(string job, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} is another worker's now, or was deleted: {Text}")]
    private partial void LogLost(string job, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Job {Job} failed: {Order}: {Text}")]
    private partial void LogFailed(string job, JobOrder order, string text);

    [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed with an unhandled exception: {Order}")]
    private partial void LogUnexpected(Exception fault, string job, JobOrder order);

    private sealed class RunBegins(Action<string> began) : IRunObserver
    {
        public void On(RunEvent happened)
        {
            if (happened is RunStarted started) began(started.RunId);
        }
    }
}
