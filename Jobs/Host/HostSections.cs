using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Alerts;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Host;

/// <summary>
/// The sections of a host's configuration besides those of a night; the property's name is the section's. Every command knows them, so that one file serves
/// all.
/// </summary>
internal sealed class HostSections
{
    public ServeOptions Serve { get; set; } = new();

    public AlertsOptions Alerts { get; set; } = new();

    public TelemetryOptions Telemetry { get; set; } = new();

    public SchedulerOptions Scheduler { get; set; } = new();

    public ScheduleTable Schedules { get; set; } = [];
}
