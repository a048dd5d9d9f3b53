using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Jobs and schedules as the console and alerts see them. Jobs are Hangfire's: queue, states, retries and workers; runs are the ledger's.</summary>
internal interface IJobScheduler
{
    /// <summary>All schedules with their next <paramref name="next"/> times.</summary>
    IReadOnlyList<ScheduleStatus> Schedules(int next = 5);

    /// <summary>Pauses a schedule on every host, across restarts; its times pass by and are not made up for.</summary>
    /// <param name="by">Who asked for it.</param>
    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    void Pause(string schedule, string by);

    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    void Resume(string schedule, string by);

    /// <summary>Queues a job.</summary>
    /// <param name="by">User name as signed in.</param>
    /// <returns>The job's id.</returns>
    /// <exception cref="ConfigurationException">There is no such job, or its parameters cannot be used.</exception>
    string Trigger(JobOrder order, string by);

    /// <summary>Queues a schedule's job with its parameters, retries, time limit and followers.</summary>
    /// <returns>The job's id.</returns>
    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    string TriggerSchedule(string schedule, string by);

    /// <summary>Deletes a job that waits, and stops one that runs within seconds, on whichever host; false where it has ended or is not known.</summary>
    bool Cancel(string jobId, string by);

    /// <summary>Queues a job again, with its retries: one that has ended, or whose next attempt is to come; false where it is at work or not known.</summary>
    bool Requeue(string jobId, string by);

    /// <summary>A job; null where it is gone, or in the memory of another host.</summary>
    JobFacts? Job(string id);

    /// <summary>Hosts that take jobs, as Hangfire has them; one that keeps its queue in memory knows itself alone.</summary>
    IReadOnlyList<HostFacts> Hosts();

    /// <summary>The newest jobs in every state, at most <paramref name="limit"/> of each, newest first.</summary>
    IReadOnlyList<JobFacts> Jobs(int limit);
}

/// <param name="Queues"><c>default</c> for jobs, <c>shards</c> for parts of a night's lists.</param>
/// <param name="Heartbeat">Its last sign of life; null where it has given none yet.</param>
internal sealed record HostFacts(string Node, IReadOnlyList<string> Queues, int Workers, DateTimeOffset Started, DateTimeOffset? Heartbeat);

/// <summary>Where a job is, as Hangfire has it.</summary>
internal enum JobState
{
    Queued,

    /// <summary>It comes again at its time: a retry, or work that waits for another's turn at the output store.</summary>
    Scheduled,
    Running,
    Finished,

    /// <summary>A gate refused; what is published stays.</summary>
    Refused,
    Failed,

    /// <summary>Cancelled, or another job was doing this work already.</summary>
    Deleted,
}

/// <summary>A job as Hangfire's storage has it.</summary>
/// <param name="Message">Why it is in its state, or what came of it; null where there is nothing to say.</param>
/// <param name="Attempt">1 for the first.</param>
/// <param name="RunId">The run that it is or was in; null where it has begun none.</param>
/// <param name="Node">The host that works or worked on it; null before one has taken it.</param>
/// <param name="Ended">When it got a state that it does not leave by itself.</param>
internal sealed record JobFacts(
    string Id, JobOrder Order, JobState State, string RequestedBy, DateTimeOffset Created, DateTimeOffset? Ended = null, string? Message = null,
    int Attempt = 1, string? RunId = null, string? Node = null)
{
    public bool IsOpen => State is JobState.Queued or JobState.Scheduled or JobState.Running;

    /// <summary>Why its last attempt failed, while it waits for the next one too; null where it did not.</summary>
    public string? Failure => State is JobState.Failed or JobState.Refused || State == JobState.Scheduled && Attempt > 1 ? Message : null;
}

/// <param name="InWords">When it runs, as a sentence goes on from "Runs nightly".</param>
/// <param name="LastFired">When its job was last queued, by the clock or by a person.</param>
/// <param name="PausedBy">Who paused it; null where it is not paused.</param>
/// <param name="Last">Its newest job; null where it has none any more.</param>
internal sealed record ScheduleStatus(
    string Name, ScheduleOptions Schedule, string InWords, IReadOnlyList<DateTimeOffset> Next, DateTimeOffset? LastFired, string? PausedBy = null,
    JobFacts? Last = null)
{
    public bool Paused => PausedBy is not null;
}
