using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// The schedules of this host's configuration as Hangfire's recurring jobs. Those with <c>After</c> are there too, without a time of their own.
/// </summary>
internal sealed class RecurringJobs(HangfireClient hangfire, ScheduleTable schedules, SchedulerOptions options, OperationsLedger ledger, TimeProvider time)
{
    /// <summary>Hash in the storage: each host to when it began and the names that its configuration has, with spaces between.</summary>
    private const string Declared = "recsys:schedules";

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    /// <summary>So soon after its start a host may not have told Hangfire yet that it is up.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Makes this configuration's schedules recurring jobs, and removes those that neither it nor a host that is up has: hosts with different schedules leave
    /// each other's alone, and what the version before wrote by hand is replaced.
    /// </summary>
    public void Declare()
    {
        using var connection = hangfire.Storage.GetConnection();
        using var held = connection.AcquireDistributedLock(Declared, LockPatience);
        foreach (var schedule in schedules.Schedules)
            hangfire.Recurring.AddOrUpdate(schedule.Name, HangfireClient.JobOf(schedule.Order), schedule.Cron ?? Cron.Never(), new RecurringJobOptions
            {
                TimeZone = TimeZoneInfo.FindSystemTimeZoneById(schedule.TimeZone),
                MisfireHandling = schedule.Misfire == MisfirePolicy.RunOnce ? MisfireHandlingMode.Relaxed : MisfireHandlingMode.Ignorable,
            });

        var now = time.GetUtcNow();
        var others = (connection.GetAllEntriesFromHash(Declared) ?? []).Where(d => d.Key != options.ThisNode && IsUp(d.Key, Names(d.Value)[0], now));
        var declared = others.Append(
            KeyValuePair.Create(options.ThisNode, string.Join(' ', schedules.Keys.Prepend(JobHelper.SerializeDateTime(now.UtcDateTime))))).ToArray();
        var kept = declared.SelectMany(d => Names(d.Value).Skip(1)).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in connection.GetRecurringJobs().Where(r => !kept.Contains(r.Id))) hangfire.Recurring.RemoveIfExists(gone.Id);
        using var transaction = connection.CreateWriteTransaction();
        transaction.RemoveHash(Declared);
        transaction.SetRangeInHash(Declared, declared);
        transaction.Commit();
    }

    /// <summary>Queues a schedule's job now.</summary>
    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    public string Trigger(string name, string by) =>
        Filters.RequestFilter.As(by, () => hangfire.Recurring.TriggerJob(Find(name).Name))
        ?? throw new KeyNotFoundException($"schedule '{name}' is not among Hangfire's recurring jobs; a host with a scheduler puts it there");

    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    public void Pause(string name, string by) => hangfire.Pauses.Pause(Find(name).Name, by);

    /// <summary>What passed while it was paused is accounted for.</summary>
    /// <exception cref="KeyNotFoundException">There is no schedule of that name.</exception>
    public void Resume(string name)
    {
        var schedule = Find(name);
        hangfire.Pauses.Resume(name);
        if (ledger.Schedule(name) is not null) ledger.Save(new LedgerSchedule(name, schedule.Cron, schedule.TimeZone, time.GetUtcNow()));
    }

    /// <summary>The next times of a schedule.</summary>
    public IReadOnlyList<DateTimeOffset> Next(Schedule schedule, int count)
    {
        var times = new List<DateTimeOffset>(count);
        if (schedule.Cron is { } cron)
            for (var at = time.GetUtcNow(); times.Count < count && CronText.Next(cron, schedule.TimeZone, at) is { } next; at = next) times.Add(next);
        return times;
    }

    private static string[] Names(string declared) => declared.Split(' ');

    /// <summary>
    /// Whether a host is up, or began a moment ago. Hangfire takes silent ones off its list, by the database's clock: this host's own may be minutes away from
    /// that of the others.
    /// </summary>
    private bool IsUp(string node, string began, DateTimeOffset now) =>
        (now.UtcDateTime - JobHelper.DeserializeDateTime(began)).Duration() < Start
        || hangfire.Storage.GetMonitoringApi().Servers().Any(s => s.Name.StartsWith(node + ":", StringComparison.OrdinalIgnoreCase));

    private Schedule Find(string name) => schedules.Schedules.FirstOrDefault(s => s.Name == name)
        ?? throw new KeyNotFoundException($"there is no schedule '{name}'; there are {string.Join(", ", schedules.Keys)}");
}
