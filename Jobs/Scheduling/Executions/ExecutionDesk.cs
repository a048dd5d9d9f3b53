using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

/// <summary>
/// Works on one execution at a time, whoever delivered it and however often: its lease lets one host work on it, its row in the ledger says through which states it
/// went. Knows no engine.
/// </summary>
internal sealed partial class ExecutionDesk(
    IOperationsLedger ledger, JobCatalog jobs, IReadOnlyList<Schedule> schedules, SchedulerOptions options, string node, TimeProvider time, ILogger logger)
{
    private const int LooksForARun = 10;

    public required Outbox Outbox { get; init; }

    public static string LeaseOf(string executionId) => "execution:" + executionId;

    /// <summary>Enters an execution into the ledger; false where it is there already, or another host is just at it.</summary>
    public bool TryEnter(LedgerExecution execution)
    {
        using var lease = LeaseKeeper.TryTake(ledger, LeaseOf(execution.Id), node, options.LeaseTerm, time);
        if (lease is null || ledger.Execution(execution.Id) is not null) return false;
        ledger.Save(execution);
        return true;
    }

    /// <summary>Takes an execution over from a host that left it; false where it is no more as it was seen, or another host is just at it.</summary>
    public bool TryAdopt(LedgerExecution seen)
    {
        using var lease = LeaseKeeper.TryTake(ledger, LeaseOf(seen.Id), node, options.LeaseTerm, time);
        if (lease is null || ledger.Execution(seen.Id) is not { } left || (left.State, left.Node, left.Attempt) != (seen.State, seen.Node, seen.Attempt)) return false;
        ledger.Save(left with { State = ExecutionState.Queued, Node = node, Message = left.Node is null || left.Node == node ? left.Message : $"taken over from {left.Node}" });
        return true;
    }

    /// <summary>Does the work of an execution unless it is done, was cancelled, or another one is at it.</summary>
    /// <param name="isNew">Entered into the ledger where it is not there yet.</param>
    public async Task<Delivered> WorkAsync(string executionId, CancellationToken stopping, LedgerExecution? isNew = null)
    {
        using var lease = LeaseKeeper.TryTake(ledger, LeaseOf(executionId), node, options.LeaseTerm, time);
        if (lease is null)
        {
            LogTaken(executionId);
            return new Delivered(ExecutionState.Running, $"delivered to {node} too, while {ledger.Lease(LeaseOf(executionId))?.Holder ?? "another host"} is at work on it");
        }
        if ((ledger.Execution(executionId) ?? isNew) is not { } found) return new Delivered(null, $"the ledger knows no execution {executionId}");
        if (found.State is not (ExecutionState.Queued or ExecutionState.Running))
        {
            LogDone(executionId, found.State, found.Node ?? "another host");
            return new Delivered(found.State, found.Message);
        }
        if (ledger.CancelRequestedBy(executionId) is { } by)
        {
            string message = $"cancelled by {by} before it began";
            ledger.Save(found with { State = ExecutionState.Cancelled, Ended = time.GetUtcNow(), Message = message });
            return new Delivered(ExecutionState.Cancelled, message);
        }

        var running = found with { State = ExecutionState.Running, Node = node, Started = found.Started ?? time.GetUtcNow(), Ended = null };
        ledger.Save(running);
        LogBegins(executionId, running.Attempt);
        var schedule = schedules.FirstOrDefault(s => s.Name == running.Schedule);
        using var stops = new StopReasons(schedule?.TimeLimit, time, stopping, lease.Lost);
        var observer = new RunOfExecution(run =>
        {
            lease.Confirm();
            running = running with { RunId = run };
            ledger.Save(running);
        });
        Verdict? verdict;
        using (time.CreateTimer(_ => stops.CancelIf(() => ledger.CancelRequestedBy(executionId)), null, options.Watch, options.Watch))
            verdict = await AttemptAsync(running, schedule, observer, stops).ConfigureAwait(false);
        // A host that was paused beyond its term may hear of it by another failure first.
        if (verdict is null || !IsKept(lease))
        {
            LogLost(executionId);
            return new Delivered(ExecutionState.Running, "another host took it over");
        }
        await EndAsync(running, verdict).ConfigureAwait(false);
        return new Delivered(verdict.State, verdict.Message);
    }

    private static bool IsKept(LeaseKeeper lease)
    {
        try
        {
            lease.Confirm();
            return true;
        }
        catch (LeaseLostException)
        {
            return false;
        }
    }

    private async Task<Verdict?> AttemptAsync(LedgerExecution running, Schedule? schedule, IRunObserver observer, StopReasons stops)
    {
        try
        {
            string? message = await jobs[running.Job].RunAsync(new JobWork(running, node, observer, stops.Token)).ConfigureAwait(false);
            return new Verdict(ExecutionState.Finished, message);
        }
        catch (OutputLockedException e)
        {
            return await BusyAsync(running, e, stops.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stops.Token.IsCancellationRequested)
        {
            return stops.Reason switch
            {
                StopReason.Lost => null,
                StopReason.Host => new Verdict(ExecutionState.Queued, $"{node} stopped; the next host goes on with it"),
                StopReason.TimeLimit => Failed(running, schedule, $"it took longer than its time limit of {schedule!.TimeLimit}"),
                _ => new Verdict(ExecutionState.Cancelled, $"cancelled by {stops.By}; the same job resumes from its last finished stage"),
            };
        }
        catch (GateRefusedException e)
        {
            return new Verdict(ExecutionState.Refused, e.Message);
        }
        catch (ConfigurationException e)
        {
            return new Verdict(ExecutionState.Failed, e.Message);
        }
        catch (RecsysException e)
        {
            return Failed(running, schedule, e.Message);
        }
#pragma warning disable CA1031 // The last resort of a job: the host goes on, the details go to its log.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogUnexpected(e, running.Id);
            return Failed(running, schedule, $"something unexpected went wrong: {e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>The same work stands back; other work waits for its turn.</summary>
    private async Task<Verdict> BusyAsync(LedgerExecution running, OutputLockedException busy, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        if (IsSame(running, busy, now))
        {
            string first = busy.Holder.Execution is null ? "a run from the command line" : $"execution {busy.Holder.Execution}";
            return new Verdict(
                ExecutionState.StoodBack, $"{first} on {busy.Holder.Node} was doing this work already{(await RunOfAsync(busy, stop).ConfigureAwait(false) is { } run ? $" in run {run}" : "")}");
        }
        return now - running.Queued < options.BusyLimit
            ? new Verdict(ExecutionState.Queued, $"waits: {busy.Message}", options.BusyDelay)
            : new Verdict(ExecutionState.Failed, $"waited for {options.BusyLimit}: {busy.Message}");
    }

    /// <summary>The run that the holder is in. Asked at the same instant, it has taken the store and not begun its run yet: that is waited for, not for long.</summary>
    private async Task<string?> RunOfAsync(OutputLockedException busy, CancellationToken stop)
    {
        string? run = busy.RunId;
        for (int look = 0; run is null && look < LooksForARun && busy.Holder.Execution is { } first && !stop.IsCancellationRequested; look++)
        {
            await Task.Delay(options.Watch, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            run = ledger.Execution(first)?.RunId;
        }
        return run;
    }

    private bool IsSame(LedgerExecution running, OutputLockedException busy, DateTimeOffset now)
    {
        if (busy.Holder.Job != running.Job || busy.Holder.Execution == running.Id) return false;
        // A dead execution is taken up again, a run from the command line is not: it must have outlived its lease's term before anyone relies on it.
        if (busy.Holder.Execution is not { } id) return now - running.Started > options.LeaseTerm;
        return ledger.Execution(id) is not { } other || Same(other.Parameters, running.Parameters);
    }

    private static Verdict Failed(LedgerExecution running, Schedule? schedule, string message)
    {
        if (schedule is null || running.Attempt > schedule.Retries) return new Verdict(ExecutionState.Failed, message);
        var wait = schedule.RetryDelay * Math.Pow(2, Math.Min(running.Attempt - 1, 10));
        return new Verdict(ExecutionState.Queued, $"attempt {running.Attempt} of {schedule.Retries + 1} failed, the next comes after {wait}: {message}", wait, NextAttempt: true);
    }

    private async Task EndAsync(LedgerExecution running, Verdict verdict)
    {
        var ended = running with { State = verdict.State, Message = verdict.Message };
        if (verdict.State == ExecutionState.Queued)
        {
            ledger.Save(verdict.NextAttempt ? ended with { Attempt = ended.Attempt + 1 } : ended);
            if (verdict.Again is { } wait) await Outbox.EnqueueAsync(ended.Id, wait).ConfigureAwait(false);
        }
        else
        {
            // Followers first: a host that dies in between leaves them queued for the next one, rather than forgotten.
            var followers = verdict.State == ExecutionState.Finished ? Followers(ended) : [];
            ledger.Save(ended with { Ended = time.GetUtcNow() });
            foreach (string follower in followers) await Outbox.EnqueueAsync(follower, TimeSpan.Zero).ConfigureAwait(false);
        }
        LogEnds(ended.Id, verdict.State, verdict.Message ?? "");
    }

    private List<string> Followers(LedgerExecution finished)
    {
        var followers = new List<string>();
        foreach (var next in schedules.Where(s => s.After is not null && s.After == finished.Schedule))
        {
            string id = $"{next.Name}:{finished.Id}";
            Outbox.Promise(id);
            TryEnter(new LedgerExecution(id, next.Job, next.Name, next.Parameters, ScheduledRequest, ExecutionState.Queued, time.GetUtcNow(), node, Message: $"after {finished.Id}"));
            followers.Add(id);
        }
        return followers;
    }

    public const string ScheduledRequest = "schedule";

    private static bool Same(IReadOnlyDictionary<string, string> x, IReadOnlyDictionary<string, string> y) =>
        x.Count == y.Count && x.All(p => y.TryGetValue(p.Key, out string? value) && value == p.Value);

    [LoggerMessage(Level = LogLevel.Information, Message = "Execution {Execution} was delivered here too; another host or thread is at it")]
    private partial void LogTaken(string execution);

    [LoggerMessage(Level = LogLevel.Information, Message = "Execution {Execution} was delivered here too; it is {State} on {Node}")]
    private partial void LogDone(string execution, ExecutionState state, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Execution {Execution} begins, attempt {Attempt}")]
    private partial void LogBegins(string execution, int attempt);

    [LoggerMessage(Level = LogLevel.Information, Message = "Execution {Execution} is {State}: {Text}")]
    private partial void LogEnds(string execution, ExecutionState state, string text);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Execution {Execution} was taken over by another host")]
    private partial void LogLost(string execution);

    [LoggerMessage(Level = LogLevel.Error, Message = "Execution {Execution} met an unexpected fault")]
    private partial void LogUnexpected(Exception fault, string execution);
}
