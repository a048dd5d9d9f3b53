using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine;

/// <summary>Our states as Hangfire's. It retries nothing by itself: no filter of its own is asked but the one that counts for its charts.</summary>
internal static class DeliveryStates
{
    public static IJobFilterProvider Provider { get; } = new Filters();

    /// <summary>What a job becomes after a delivery; null where it succeeded.</summary>
    /// <param name="again">Wait after which a queued execution comes again; null where the next host takes it.</param>
    public static IState? Of(Delivered delivered, TimeSpan? again) => delivered.State switch
    {
        ExecutionState.Finished => null,
        ExecutionState.Queued when again is { } wait && wait > TimeSpan.Zero => new ScheduledState(wait) { Reason = delivered.Message },
        ExecutionState.Queued => new EnqueuedState { Reason = delivered.Message },
        ExecutionState.Failed => new FailedState(new ExecutionFailedException(delivered.Message)) { Reason = "The execution failed" },
        ExecutionState.Refused => new FailedState(new ExecutionFailedException(delivered.Message)) { Reason = "A gate refused; what is published stays as it is" },
        _ => new DeletedState { Reason = delivered.Message },
    };

    private sealed class Filters : IJobFilterProvider
    {
        private readonly JobFilter[] _filters = [new(new StatisticsHistoryAttribute(), JobFilterScope.Global, null)];

        public IEnumerable<JobFilter> GetFilters(Job job) => _filters;
    }
}

/// <summary>Carries our message to Hangfire's page of the job.</summary>
internal sealed class ExecutionFailedException(string? message) : Exception(message ?? "The execution failed")
{
    public override string ToString() => Message;
}

/// <summary>A line in a job's history, which changes no state.</summary>
internal sealed class SecondDelivery(string message) : IState
{
    public string Name => "Stood back";

    public string Reason => message;

    public bool IsFinal => false;

    public bool IgnoreJobLoadException => true;

    public Dictionary<string, string> SerializeData() => [];
}
