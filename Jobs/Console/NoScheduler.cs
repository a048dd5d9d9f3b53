using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Console;

/// <summary>Stands where a host has no scheduler: there is nothing scheduled, and nothing can be started.</summary>
internal sealed class NoScheduler : IJobScheduler
{
    public string Engine => "none";

    public string Node => Environment.MachineName;

    public Task StartAsync(CancellationToken cancellation = default) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellation = default) => Task.CompletedTask;

    public Task<IReadOnlyList<ScheduleStatus>> SchedulesAsync(int next = 5, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ScheduleStatus>>([]);

    public Task PauseAsync(string schedule, string by, CancellationToken cancellation = default) => throw Absent();

    public Task ResumeAsync(string schedule, CancellationToken cancellation = default) => throw Absent();

    public Task<string> TriggerAsync(JobRequest request, CancellationToken cancellation = default) => throw Absent();

    public Task<bool> CancelAsync(string executionId, string by, CancellationToken cancellation = default) => throw Absent();

    private static ConfigurationException Absent() => new("this host runs no jobs: Serve:Roles has no Scheduler. Ask a host that has it");
}
