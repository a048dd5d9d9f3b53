using Hangfire;
using Hangfire.Server;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine;

/// <summary>What Hangfire runs. An execution's id is all that it is given: parameters stay in the ledger.</summary>
internal sealed class HangfireDelivery
{
    private readonly HangfireEngine? _engine;

    internal HangfireDelivery(HangfireEngine? engine) => _engine = engine;

    /// <summary>Delivers an execution and waits for the work to end.</summary>
    /// <returns>What came of it, in a sentence.</returns>
    public Task<string?> Execution(string execution, PerformContext context) =>
        _engine!.DeliverAsync(execution, context.GetJobParameter<string?>(ExecutionJobs.FiredBy) is { Length: > 0 } schedule ? schedule : null, context.BackgroundJob.Id);

    /// <summary>Stands for a schedule on the dashboard's page of recurring jobs; what triggers it there asks the scheduler for an execution.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public Task Schedule(string schedule) => throw new NotSupportedException($"schedule {schedule} is triggered on the dashboard or on the console's page of schedules, not past them");

    internal sealed class Activator(HangfireEngine engine) : JobActivator
    {
        public override object ActivateJob(Type jobType) => new HangfireDelivery(engine);
    }
}
