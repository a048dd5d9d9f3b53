using Hangfire.Logging;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine;

/// <summary>Fires schedules at their times by our own reading of cron expressions and time zones.</summary>
internal sealed class ScheduleClock : IAsyncDisposable
{
    /// <summary>A clock that is set while it waits is noticed within so long.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<Schedule> _schedules;
    private readonly Func<Schedule, DateTimeOffset, DateTimeOffset?> _next;
    private readonly Action<Schedule, DateTimeOffset, DateTimeOffset?> _fire;
    private readonly Action _each;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _time;
    private readonly ILog _log = LogProvider.For<ScheduleClock>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _ticks;

    /// <param name="fire">Takes a schedule, the time that has come, and the one after it.</param>
    /// <param name="each">Done at each look.</param>
    /// <param name="grace">A time that is noticed later than this is let pass.</param>
    public ScheduleClock(
        IReadOnlyList<Schedule> schedules, Func<Schedule, DateTimeOffset, DateTimeOffset?> next, Action<Schedule, DateTimeOffset, DateTimeOffset?> fire, Action each, TimeSpan grace, TimeProvider time)
    {
        (_schedules, _next, _fire, _each, _grace, _time) = (schedules, next, fire, each, grace, time);
        _ticks = Task.Run(TickAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _ticks.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task TickAsync()
    {
        var start = _time.GetUtcNow();
        var due = _schedules.ToDictionary(s => s, s => _next(s, start));
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow();
                foreach (var schedule in _schedules)
                {
                    var next = _next(schedule, now);
                    for (var time = due[schedule]; time <= now; time = _next(schedule, time < now - _grace ? now - _grace : time.Value))
                        if (now - time <= _grace) Fire(schedule, time.Value, next);
                    // Where the clock was set back, a time is fired again and its execution found done.
                    due[schedule] = next;
                }
                Each();
                var wait = due.Values.Min() - now ?? LongestWait;
                await Task.Delay(wait < LongestWait ? wait + TimeSpan.FromMilliseconds(1) : LongestWait, _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Each()
    {
        try
        {
            _each();
        }
#pragma warning disable CA1031 // A look that fails ends no clock: the next one is seconds away.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.ErrorException("A look of the schedules' clock failed", e);
        }
    }

    private void Fire(Schedule schedule, DateTimeOffset due, DateTimeOffset? next)
    {
        try
        {
            _fire(schedule, due, next);
        }
#pragma warning disable CA1031 // A storage that cannot be reached may fail in any way: the time is missed here, and the ledger's patrol makes up for it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _log.ErrorException($"Schedule {schedule.Name} could not be fired for {due:u}", e);
        }
    }
}
