using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>A scheduler that notes what it is asked for and starts nothing.</summary>
internal sealed class FakeScheduler(DateTimeOffset now) : IJobScheduler
{
    private readonly Dictionary<string, string> _paused = [];

    public ScheduleTable Known { get; } = [];

    public List<JobFacts> Queue { get; } = [];

    public List<JobFacts> Triggered { get; } = [];

    public List<(string Id, string By)> Cancelled { get; } = [];

    public List<(string Id, string By)> Requeued { get; } = [];

    public IReadOnlyList<ScheduleStatus> Schedules(int next = 5) =>
        [.. Known.Select(s => new ScheduleStatus(
            s.Key, s.Value, InWords(s.Value),
            s.Value.After is null && !_paused.ContainsKey(s.Key)
                ? [.. Enumerable.Range(1, next).Select(d => now.Date.AddDays(d).AddHours(3)).Select(t => new DateTimeOffset(t, TimeSpan.Zero))]
                : [],
            now.AddHours(-20), _paused.GetValueOrDefault(s.Key)))];

    private static string InWords(ScheduleOptions s) => s.After is { } after ? $"after {after} has succeeded" : "every day at 03:00";

    public void Pause(string schedule, string by) => _paused[Find(schedule).Key] = by;

    public void Resume(string schedule, string by) => _paused.Remove(Find(schedule).Key);

    public string Trigger(JobOrder order, string by)
    {
        if (!JobNames.All.Contains(order.Job)) throw new Pipeline.Errors.ConfigurationException($"there is no job '{order.Job}'");
        return Note(order, by);
    }

    public string TriggerSchedule(string schedule, string by) => Note(Find(schedule).Value.Order(schedule), by);

    public bool Cancel(string jobId, string by)
    {
        Cancelled.Add((jobId, by));
        return true;
    }

    public bool Requeue(string jobId, string by)
    {
        if (Queue.All(j => j.Id != jobId || j.State is JobState.Queued or JobState.Running)) return false;
        Requeued.Add((jobId, by));
        return true;
    }

    public List<HostFacts> Up { get; } = [];

    public IReadOnlyList<HostFacts> Hosts() => Up;

    public JobFacts? Job(string id) => Queue.FirstOrDefault(j => j.Id == id);

    public IReadOnlyList<JobFacts> Jobs(int limit) => [.. Queue.Take(limit)];

    private string Note(JobOrder order, string by)
    {
        var job = new JobFacts($"e{Triggered.Count + 1}", order, JobState.Queued, by, now);
        Triggered.Add(job);
        Queue.Insert(0, job);
        return job.Id;
    }

    private KeyValuePair<string, ScheduleOptions> Find(string name) => KeyValuePair.Create(name, Known[name]);
}
