using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Console;

/// <summary>Stands where a host has no jobs: there is nothing scheduled, and nothing can be started.</summary>
internal sealed class NoScheduler : IJobScheduler
{
    public IReadOnlyList<ScheduleStatus> Schedules(int next = 5) => [];

    public void Pause(string schedule, string by) => throw Absent();

    public void Resume(string schedule, string by) => throw Absent();

    public string Trigger(JobOrder order, string by) => throw Absent();

    public string TriggerSchedule(string schedule, string by) => throw Absent();

    public bool Cancel(string jobId, string by) => throw Absent();

    public bool Requeue(string jobId, string by) => false;

    public JobFacts? Job(string id) => null;

    public IReadOnlyList<HostFacts> Hosts() => [];

    public IReadOnlyList<JobFacts> Jobs(int limit) => [];

    private static ConfigurationException Absent() =>
        new(
            "this host has no jobs: Serve:Roles has no Scheduler, and Scheduler:Store is Memory. Ask a host with a scheduler, "
            + "or set Scheduler:Store=PostgreSql on all of them");
}
