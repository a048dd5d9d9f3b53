using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>What an engine has to bring: a clock that fires schedules and a queue. States, retries, followers, leases and what was missed are <see cref="JobScheduler"/>'s.</summary>
internal interface IScheduleEngine : IAsyncDisposable
{
    /// <summary><c>hangfire</c>.</summary>
    string Name { get; }

    /// <summary>Takes up <paramref name="schedules"/>, those with a cron expression, instead of any it had, and begins to deliver.</summary>
    Task StartAsync(IReadOnlyList<Schedule> schedules, IDeliveries deliveries, CancellationToken cancellation);

    /// <summary>Delivers nothing new, cancels the token of what is being delivered, and waits for it to end.</summary>
    Task StopAsync(CancellationToken cancellation);

    /// <summary>Delivers an execution once <paramref name="delay"/> has passed: at least once.</summary>
    Task EnqueueAsync(string executionId, TimeSpan delay);

    /// <summary>The first time of a schedule that lies after <paramref name="after"/>; null where there is none, or no cron expression.</summary>
    DateTimeOffset? Next(Schedule schedule, DateTimeOffset after);
}

/// <summary>Where an engine delivers to. A delivery takes as long as the work does.</summary>
internal interface IDeliveries
{
    /// <summary>A schedule's time has come. A time that passed while nobody looked is not delivered late.</summary>
    Task<Delivered> FiredAsync(string schedule, DateTimeOffset due, CancellationToken stopping);

    Task<Delivered> DeliverAsync(string executionId, CancellationToken stopping);
}

/// <summary>What came of a delivery, for engines that show it; the ledger has it already.</summary>
/// <param name="State">
/// The execution's state. <see cref="ExecutionState.Running"/>: another host or thread is at it, and nothing was done here. Null: there was nothing to do, such as for a
/// schedule paused.
/// </param>
/// <param name="Message">Why, or what came of it, in a sentence.</param>
internal sealed record Delivered(ExecutionState? State, string? Message);
