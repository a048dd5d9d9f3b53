using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine;

/// <summary>
/// The schedules on Hangfire's page of recurring jobs: for people alone. They are written as Hangfire writes them, with a score that keeps its own recurring scheduler, should
/// one run over the same storage, from firing them.
/// </summary>
internal sealed class RecurringEntries(JobStorage storage)
{
    private const string Names = "recurring-jobs";
    private const double NeverDue = -1;

    /// <summary>Makes the page show <paramref name="schedules"/> and no others.</summary>
    public void Replace(IReadOnlyList<Schedule> schedules, Func<Schedule, DateTimeOffset?> next, DateTimeOffset now)
    {
        using var connection = storage.GetConnection();
        var known = connection.GetAllItemsFromSet(Names);
        using var transaction = connection.CreateWriteTransaction();
        foreach (string gone in known.Where(k => !schedules.Any(s => s.Name == k)))
        {
            transaction.RemoveFromSet(Names, gone);
            transaction.RemoveHash(KeyOf(gone));
        }
        foreach (var schedule in schedules)
        {
            var before = connection.GetAllEntriesFromHash(KeyOf(schedule.Name));
            transaction.AddToSet(Names, schedule.Name, NeverDue);
            transaction.SetRangeInHash(KeyOf(schedule.Name),
            [
                new("Queue", EnqueuedState.DefaultQueue),
                new("Cron", schedule.Cron!),
                new("TimeZoneId", schedule.TimeZone),
                new("Job", InvocationData.SerializeJob(Job.FromExpression<HangfireDelivery>(d => d.Schedule(schedule.Name))).SerializePayload()),
                new("CreatedAt", before?.GetValueOrDefault("CreatedAt") ?? Text(now)),
                new("NextExecution", next(schedule) is { } time ? Text(time) : ""),
                new("V", "2"),
            ]);
        }
        transaction.Commit();
    }

    /// <param name="job">Null where another host enqueued it.</param>
    public void Fired(string schedule, string? job, DateTimeOffset at, DateTimeOffset? next)
    {
        List<KeyValuePair<string, string>> entries = [new("NextExecution", next is { } time ? Text(time) : "")];
        if (job is not null) entries.AddRange([new("LastExecution", Text(at)), new("LastJobId", job)]);
        using var connection = storage.GetConnection();
        connection.SetRangeInHash(KeyOf(schedule), entries);
    }

    /// <summary>A person asked for it.</summary>
    public void Triggered(string schedule, string job, DateTimeOffset at)
    {
        using var connection = storage.GetConnection();
        connection.SetRangeInHash(KeyOf(schedule), [new("LastExecution", Text(at)), new("LastJobId", job)]);
    }

    private static string KeyOf(string schedule) => "recurring-job:" + schedule;

    private static string Text(DateTimeOffset time) => JobHelper.SerializeDateTime(time.UtcDateTime);
}
