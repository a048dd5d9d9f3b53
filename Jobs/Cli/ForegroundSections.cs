using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Cli;

/// <summary>The sections of a run in the foreground besides those of a night; of a host's others, keys and types are checked and nothing else.</summary>
internal sealed class ForegroundSections
{
    public TelemetryOptions Telemetry { get; set; } = new();

    public SchedulerOptions Scheduler { get; set; } = new();
}
