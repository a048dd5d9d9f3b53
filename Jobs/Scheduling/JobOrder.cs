using System.Text.Json;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// What a job of Hangfire's carries: all that any host needs to run it, whatever that host's own configuration says of schedules. A schedule that changes or
/// goes changes nothing in jobs that are queued.
/// </summary>
/// <param name="Job">One of <see cref="JobNames"/>.</param>
/// <param name="Parameters"><c>Section:Key</c> to value on top of the configuration, and the job's own.</param>
/// <param name="Schedule">The schedule that it is of; null for none.</param>
/// <param name="After">The schedule whose success starts it; null for none.</param>
/// <param name="TimeLimit">Longest time for one attempt; null for no limit.</param>
/// <param name="Retries">Attempts after the first one failed.</param>
/// <param name="RetryDelay">Wait before the second attempt; each further wait is twice as long.</param>
internal sealed record JobOrder(
    string Job, Dictionary<string, string> Parameters, string? Schedule = null, string? After = null, TimeSpan? TimeLimit = null, int Retries = 0,
    TimeSpan RetryDelay = default)
{
    /// <summary><c>nightly (schedule night), Diversify:Lambda = 0.3</c>.</summary>
    public override string ToString() => string.Join(
        ", ",
        Parameters.OrderBy(p => p.Key, StringComparer.Ordinal)
            .Select(p => $"{p.Key} = {p.Value}")
            .Prepend(Schedule is null ? Job : $"{Job} (schedule {Schedule})"));

    public bool IsSameWorkAs(JobOrder other) => other.Job == Job && other.Parameters.Count == Parameters.Count && !other.Parameters.Except(Parameters).Any();

    /// <summary>As the ledger keeps it.</summary>
    public LedgerRequest ToRequest(string id, string requestedBy, string? node = null, string? jobId = null, bool waits = false) =>
        new(id, Job, Parameters, requestedBy, Schedule, node, jobId, JsonSerializer.Serialize(this with { Parameters = [] }), waits);

    /// <param name="schedules">Say the policy of a request that came from a version which kept none.</param>
    public static JobOrder Of(LedgerRequest request, ScheduleTable schedules)
    {
        var policy = request.Policy is { } kept ? JsonSerializer.Deserialize<JobOrder>(kept)
            : request.Schedule is { } name ? schedules.GetValueOrDefault(name)?.Order(name)
            : null;
        return (policy ?? new JobOrder(request.Job, [], request.Schedule)) with { Job = request.Job, Parameters = new(request.Parameters) };
    }
}
