using System.Globalization;
using Recsys.Batch.Jobs.Scheduling.Cron;
using Recsys.Batch.Jobs.Scheduling.Executions;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// The scheduler over any engine. A time of a schedule is one execution with one name on every host, an execution is worked on under its lease, and every host looks
/// after those that were missed or abandoned: whichever engine delivers, and however often, work is done once.
/// </summary>
internal sealed class JobScheduler : IJobScheduler, IDeliveries, IAsyncDisposable
{
    /// <summary>Executions in which a schedule's last one is looked for before its last time is asked for.</summary>
    private const int Recent = 500;

    private static readonly TimeSpan Forever = TimeSpan.FromDays(36_500);

    private readonly IScheduleEngine _engine;
    private readonly IOperationsLedger _ledger;
    private readonly JobCatalog _jobs;
    private readonly IReadOnlyList<Schedule> _schedules;
    private readonly SchedulerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<JobScheduler> _logger;
    private readonly UnservedTimes _unserved = new();
    private LeaseKeeper? _alive;
    private Patrol? _patrol;
    private ExecutionDesk? _desk;
    private Outbox? _outbox;
    private long _triggered;

    public JobScheduler(
        IScheduleEngine engine, IOperationsLedger ledger, JobCatalog jobs, ScheduleTable schedules, SchedulerOptions options, TimeProvider time, ILogger<JobScheduler> logger)
    {
        (_engine, _ledger, _jobs, _schedules, _options, _time, _logger) = (engine, ledger, jobs, schedules.Schedules, options, time, logger);
        Node = options.ThisNode;
        foreach (var schedule in _schedules) jobs[schedule.Job].Check(schedule.Parameters);
    }

    public string Engine => _engine.Name;

    public string Node { get; private set; }

    public async Task StartAsync(CancellationToken cancellation = default)
    {
        if (_desk is not null) return;
        _alive = Register();
        _outbox = new Outbox(_engine, _logger);
        _desk = new ExecutionDesk(_ledger, _jobs, _schedules, _options, Node, _time, _logger) { Outbox = _outbox };
        await _engine.StartAsync([.. _schedules.Where(s => s.Cron is not null)], this, cancellation).ConfigureAwait(false);
        _patrol = new Patrol(_ledger, _engine, _desk, _unserved, _schedules, _options, Node, StayAlive, _time, _logger);
    }

    public async Task StopAsync(CancellationToken cancellation = default)
    {
        try
        {
            if (_patrol is not null) await _patrol.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            if (_desk is not null) await _engine.StopAsync(cancellation).ConfigureAwait(false);
            _alive?.Dispose();
            (_patrol, _desk, _outbox, _alive) = (null, null, null, null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _engine.DisposeAsync().ConfigureAwait(false);
    }

    public Task<IReadOnlyList<ScheduleStatus>> SchedulesAsync(int next = 5, CancellationToken cancellation = default)
    {
        var recent = _ledger.Executions(Recent);
        return Task.FromResult<IReadOnlyList<ScheduleStatus>>([.. _schedules.Select(s => (Schedule: s, By: PausedBy(s.Name))).Select(s => new ScheduleStatus(
            s.Schedule, s.By is not null, InWords(s.Schedule), NextTimes(s.Schedule, next), LastFired(s.Schedule.Name, recent), s.By))]);
    }

    private DateTimeOffset? LastFired(string schedule, IReadOnlyList<LedgerExecution> recent) =>
        (recent.FirstOrDefault(e => e.Schedule == schedule) ?? (_ledger.LastServed(schedule) is { } last ? _ledger.Execution(last) : null))?.Queued;

    public Task PauseAsync(string schedule, string by, CancellationToken cancellation = default)
    {
        Find(schedule);
        _ledger.TryAcquire(Patrol.PauseLease(schedule), by, Forever);
        return Task.CompletedTask;
    }

    public Task ResumeAsync(string schedule, CancellationToken cancellation = default)
    {
        Find(schedule);
        if (_ledger.Lease(Patrol.PauseLease(schedule)) is { Held: true } pause) _ledger.Release(new LeaseGrant(pause.Name, pause.Holder, pause.Token));
        return Task.CompletedTask;
    }

    public async Task<string> TriggerAsync(JobRequest request, CancellationToken cancellation = default)
    {
        if (request.Schedule is not null) Find(request.Schedule);
        _jobs[request.Job].Check(request.Parameters);
        var now = _time.GetUtcNow();
        string id = string.Create(CultureInfo.InvariantCulture, $"{request.Job}-{now.UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Node}-{Interlocked.Increment(ref _triggered)}");
        // Without a scheduler here the execution names no node, and the next host that has one adopts it.
        var outbox = _outbox;
        string? node = outbox is null ? null : Node;
        outbox?.Promise(id);
        _ledger.Save(new LedgerExecution(id, request.Job, request.Schedule, request.Parameters, request.RequestedBy, ExecutionState.Queued, now, node));
        if (outbox is not null) await outbox.EnqueueAsync(id, TimeSpan.Zero).ConfigureAwait(false);
        return id;
    }

    public Task<bool> CancelAsync(string executionId, string by, CancellationToken cancellation = default) =>
        Task.FromResult(_ledger.RequestCancel(executionId, by));

    async Task<Delivered> IDeliveries.FiredAsync(string schedule, DateTimeOffset due, CancellationToken stopping)
    {
        var fired = _schedules.FirstOrDefault(s => s.Name == schedule);
        if (fired is null) return new Delivered(null, $"there is no schedule '{schedule}' any more");
        string id = ExecutionNames.Fired(schedule, due);
        try
        {
            if (PausedBy(schedule) is { } by) return new Delivered(null, $"schedule {schedule} is paused, by {by}");
            return await _outbox!.ReceiveAsync(id, () => _desk!.WorkAsync(id, stopping, Patrol.FirstOf(fired, due, Node, _time))).ConfigureAwait(false);
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            _unserved.Add(fired, due);
            throw;
        }
    }

    Task<Delivered> IDeliveries.DeliverAsync(string executionId, CancellationToken stopping) =>
        _outbox!.ReceiveAsync(executionId, () => _desk!.WorkAsync(executionId, stopping));

    private string? PausedBy(string schedule) => _ledger.Lease(Patrol.PauseLease(schedule)) is { Held: true } pause ? pause.Holder : null;

    private Schedule Find(string name) =>
        _schedules.FirstOrDefault(s => s.Name == name) ?? throw new KeyNotFoundException($"there is no schedule '{name}'; there are {string.Join(", ", _schedules.Select(s => s.Name))}");

    private static string InWords(Schedule schedule) =>
        schedule.Cron is { } cron ? CronWords.Of(CronExpression.TryParse(cron, out _)!, schedule.TimeZone) : $"After {schedule.After} has finished";

    private List<DateTimeOffset> NextTimes(Schedule schedule, int count)
    {
        var times = new List<DateTimeOffset>(count);
        for (var at = _time.GetUtcNow(); times.Count < count && _engine.Next(schedule, at) is { } next; at = next) times.Add(next);
        return times;
    }

    private void StayAlive()
    {
        if (_alive is { Lost.IsCancellationRequested: false }) return;
        _alive?.Dispose();
        _alive = LeaseKeeper.TryTake(_ledger, Patrol.NodeLease(Node), Node, _options.LeaseTerm, _time);
    }

    /// <summary>Two processes of one name (a container that came back at once) are two nodes.</summary>
    private LeaseKeeper Register()
    {
        string name = Node;
        for (int number = 2; ; number++)
        {
            if (LeaseKeeper.TryTake(_ledger, Patrol.NodeLease(Node), Node, _options.LeaseTerm, _time) is { } taken) return taken;
            Node = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        }
    }
}
