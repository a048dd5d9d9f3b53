using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>A scheduler that notes what it is asked for and starts nothing.</summary>
internal sealed class FakeScheduler(IOperationsLedger operations, DateTimeOffset now) : IJobScheduler
{
    private readonly HashSet<string> _paused = [];

    public List<Schedule> Known { get; } = [];

    public List<JobRequest> Triggered { get; } = [];

    public string Engine => "fake";

    public string Node => "test-host";

    public Task StartAsync(CancellationToken cancellation = default) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellation = default) => Task.CompletedTask;

    public Task<IReadOnlyList<ScheduleStatus>> SchedulesAsync(int next = 5, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<ScheduleStatus>>(
        [.. Known.Select(s => new ScheduleStatus(s, _paused.Contains(s.Name), InWords(s), s.After is null && !_paused.Contains(s.Name) ? [.. Enumerable.Range(1, next).Select(d => now.Date.AddDays(d).AddHours(3)).Select(t => new DateTimeOffset(t, TimeSpan.Zero))] : [], now.AddHours(-20)))]);

    private static string InWords(Schedule s) => s.After is { } after ? $"after {after} has succeeded" : "every day at 03:00";

    public Task PauseAsync(string schedule, string by, CancellationToken cancellation = default)
    {
        _paused.Add(Find(schedule));
        return Task.CompletedTask;
    }

    public Task ResumeAsync(string schedule, CancellationToken cancellation = default)
    {
        _paused.Remove(Find(schedule));
        return Task.CompletedTask;
    }

    public Task<string> TriggerAsync(JobRequest request, CancellationToken cancellation = default)
    {
        if (!JobNames.All.Contains(request.Job)) throw new Pipeline.Errors.ConfigurationException($"there is no job '{request.Job}'");
        Triggered.Add(request);
        string id = $"e{Triggered.Count}";
        operations.Save(new LedgerExecution(id, request.Job, request.Schedule, request.Parameters, request.RequestedBy, ExecutionState.Queued, now));
        return Task.FromResult(id);
    }

    public Task<bool> CancelAsync(string executionId, string by, CancellationToken cancellation = default) => Task.FromResult(operations.RequestCancel(executionId, by));

    private string Find(string name) => Known.FirstOrDefault(s => s.Name == name)?.Name ?? throw new KeyNotFoundException($"there is no schedule '{name}'");
}
