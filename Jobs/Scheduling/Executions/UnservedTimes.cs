using System.Collections.Concurrent;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

/// <summary>Times of schedules that fired on this host and could not be written down: the ledger knows nothing of them, so this process has to.</summary>
internal sealed class UnservedTimes
{
    private readonly ConcurrentQueue<(Schedule Schedule, DateTimeOffset Due)> _times = new();

    public void Add(Schedule schedule, DateTimeOffset due) => _times.Enqueue((schedule, due));

    /// <summary>Serves them in their order; where that fails, what is left stays for the next try.</summary>
    public async Task ServeAsync(Func<Schedule, DateTimeOffset, Task> serve)
    {
        while (_times.TryPeek(out var first))
        {
            await serve(first.Schedule, first.Due).ConfigureAwait(false);
            _times.TryDequeue(out _);
        }
    }
}
