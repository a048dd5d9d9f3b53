using Hangfire;
using Hangfire.Common;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// The schedules of this host's configuration as Hangfire's recurring jobs. Those with <c>After</c> are there too, without a time of their own.
/// </summary>
internal sealed class RecurringJobs(HangfireClient hangfire, JobCatalog jobs, ScheduleTable schedules, SchedulerOptions options, TimeProvider time)
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
    /// <exception cref="ConfigurationException">A schedule's parameters cannot be used.</exception>
    public void Declare()
    {
        foreach (var (name, schedule) in schedules) Check(name, schedule);
        using var connection = hangfire.Storage.GetConnection();
        using var held = connection.AcquireDistributedLock(Declared, LockPatience);
        foreach (var (name, schedule) in schedules)
            hangfire.Recurring.AddOrUpdate(name, HangfireClient.JobOf(schedule.Order(name)), schedule.Cron ?? Cron.Never(), new RecurringJobOptions
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

    private static string[] Names(string declared) => declared.Split(' ');

    /// <summary>
    /// Whether a host is up, or began a moment ago. Hangfire takes silent ones off its list, by the database's clock: this host's own may be minutes away from
    /// that of the others.
    /// </summary>
    private bool IsUp(string node, string began, DateTimeOffset now) =>
        (now.UtcDateTime - JobHelper.DeserializeDateTime(began)).Duration() < Start
        || hangfire.Storage.GetMonitoringApi().Servers().Any(s => s.Name.StartsWith(node + ":", StringComparison.OrdinalIgnoreCase));

    private void Check(string name, ScheduleOptions schedule)
    {
        try
        {
            jobs[schedule.Job].Check(schedule.Set);
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"Schedules:{name}:Set: {e.Message}", e);
        }
    }
}
