using System.Globalization;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

/// <summary>
/// Looks, from time to time, after executions that nobody will deliver any more (their host died, or had no scheduler) and times of schedules that passed while no
/// host was up or the clock leapt over them.
/// </summary>
internal sealed partial class Patrol : IAsyncDisposable
{
    private readonly IOperationsLedger _ledger;
    private readonly IScheduleEngine _engine;
    private readonly ExecutionDesk _desk;
    private readonly Outbox _outbox;
    private readonly UnservedTimes _unserved;
    private readonly IReadOnlyList<Schedule> _schedules;
    private readonly SchedulerOptions _options;
    private readonly string _node;
    private readonly Action _stayAlive;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _rounds;

    /// <param name="stayAlive">Called before each look: takes the node's lease again where it was lost.</param>
    public Patrol(
        IOperationsLedger ledger, IScheduleEngine engine, ExecutionDesk desk, UnservedTimes unserved, IReadOnlyList<Schedule> schedules, SchedulerOptions options, string node, Action stayAlive, TimeProvider time, ILogger logger)
    {
        (_ledger, _engine, _desk, _outbox, _unserved, _schedules, _options, _node, _stayAlive, _time, _logger) = (ledger, engine, desk, desk.Outbox, unserved, schedules, options, node, stayAlive, time, logger);
        _rounds = Task.Run(RoundsAsync);
    }

    public static string NodeLease(string node) => "node:" + node;

    public static string PauseLease(string schedule) => "paused:" + schedule;

    /// <summary>The row of a schedule's time as it begins.</summary>
    public static LedgerExecution FirstOf(Schedule schedule, DateTimeOffset due, string node, TimeProvider time) => new(
        ExecutionNames.Fired(schedule.Name, due), schedule.Job, schedule.Name, schedule.Parameters, ExecutionDesk.ScheduledRequest, ExecutionState.Queued, time.GetUtcNow(), node);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _rounds.ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>One look at everything.</summary>
    public async Task RoundAsync()
    {
        _stayAlive();
        await _unserved.ServeAsync(ServeAsync).ConfigureAwait(false);
        foreach (string elsewhere in _outbox.Asked.Where(id => _ledger.Execution(id) is not { State: ExecutionState.Queued } row || row.Node != _node)) _outbox.Forget(elsewhere);
        foreach (var abandoned in _ledger.Unfinished().Where(IsAbandoned))
        {
            if (!_desk.TryAdopt(abandoned)) continue;
            LogAdopted(abandoned.Id, abandoned.Node ?? "a host without a scheduler");
            await _outbox.EnqueueAsync(abandoned.Id, TimeSpan.Zero).ConfigureAwait(false);
        }
        foreach (var schedule in _schedules.Where(s => s is { Cron: not null, Misfire: MisfirePolicy.RunOnce }))
        {
            if (Missed(schedule) is { } due) await EnterAsync(schedule, due, $"late: no host was up at {Second(due)}").ConfigureAwait(false);
        }
    }

    private static string Second(DateTimeOffset due) => due.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private Task ServeAsync(Schedule schedule, DateTimeOffset due) =>
        schedule.Misfire == MisfirePolicy.Skip && _time.GetUtcNow() - due > _options.Grace ? Task.CompletedTask : EnterAsync(schedule, due, $"late: the ledger was away at {Second(due)}");

    private async Task EnterAsync(Schedule schedule, DateTimeOffset due, string why)
    {
        var late = FirstOf(schedule, due, _node, _time) with { Message = why };
        _outbox.Promise(late.Id);
        if (_desk.TryEnter(late)) await _outbox.EnqueueAsync(late.Id, TimeSpan.Zero).ConfigureAwait(false);
    }

    private async Task RoundsAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    await RoundAsync().ConfigureAwait(false);
                }
#pragma warning disable CA1031 // Whatever one look meets, the next one is due: without it nobody takes up what is left.
                catch (Exception e) when (!_stop.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    if (LedgerOutage.Is(e)) LogUnreachable(e);
                    else LogUnexpected(e);
                }
                await Task.Delay(_options.Watch, _time, _stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private bool IsAbandoned(LedgerExecution execution) => execution.State switch
    {
        ExecutionState.Running => _ledger.Lease(ExecutionDesk.LeaseOf(execution.Id)) is not { Held: true },
        ExecutionState.Queued => execution.Node == _node ? !_outbox.Expects(execution.Id) : (execution.Node is null || _ledger.Lease(NodeLease(execution.Node)) is not { Held: true }),
        _ => false,
    };

    /// <summary>The newest time that passed unserved since the one served last: a schedule that never ran has missed nothing.</summary>
    private DateTimeOffset? Missed(Schedule schedule)
    {
        if (_ledger.LastServed(schedule.Name) is not { } last || ExecutionNames.DueOf(schedule.Name, last) is not { } served) return null;
        var pause = _ledger.Lease(PauseLease(schedule.Name));
        if (pause is { Held: true }) return null;
        // What passed while the schedule was paused is not made up for.
        if (pause is not null && pause.Expires > served) served = pause.Expires;
        return LastBetween(schedule, served, _time.GetUtcNow() - _options.Grace);
    }

    private DateTimeOffset? LastBetween(Schedule schedule, DateTimeOffset after, DateTimeOffset until)
    {
        if (_engine.Next(schedule, after) is not { } first || first > until) return null;
        // Windows back from the end, ever wider: a schedule of every second that was down for a month is not walked through.
        for (var window = TimeSpan.FromMinutes(1); ; window *= 2)
        {
            var start = until - window > after ? until - window : after;
            DateTimeOffset? last = null;
            for (var at = start; _engine.Next(schedule, at) is { } next && next <= until; at = next) last = next;
            if (last is not null) return last;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Execution {Execution} was left by {Node} and is taken up here")]
    private partial void LogAdopted(string execution, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger cannot be reached")]
    private partial void LogUnreachable(Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "A look for abandoned and missed executions met an unexpected fault; the next one is due")]
    private partial void LogUnexpected(Exception fault);
}
