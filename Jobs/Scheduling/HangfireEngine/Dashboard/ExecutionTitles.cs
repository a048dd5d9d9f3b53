using System.Globalization;
using Recsys.Batch.Jobs.Scheduling.Executions;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;

/// <summary>What a person calls an execution: <c>nightly (schedule night, due 02:30)</c>, <c>train (asked by mia)</c>.</summary>
internal sealed class ExecutionTitles(IOperationsLedger ledger, ScheduleTable schedules)
{
    public string Of(string execution)
    {
        var row = ledger.Execution(execution);
        string? name = row?.Schedule ?? schedules.Keys.FirstOrDefault(k => ExecutionNames.DueOf(k, execution) is not null);
        if (name is null) return row is null ? execution : $"{row.Job} (asked by {row.RequestedBy})";
        string job = row?.Job ?? schedules[name].Job;
        if (ExecutionNames.DueOf(name, execution) is { } due) return $"{job} (schedule {name}, due {Local(name, due)})";
        return row!.RequestedBy == ExecutionDesk.ScheduledRequest ? $"{job} (schedule {name})" : $"{job} (schedule {name}, asked by {row.RequestedBy})";
    }

    public string OfSchedule(string name) => schedules.TryGetValue(name, out var schedule) ? $"{schedule.Job} (schedule {name})" : name;

    private string Local(string schedule, DateTimeOffset due)
    {
        var zone = schedules.TryGetValue(schedule, out var known) && TimeZoneInfo.TryFindSystemTimeZoneById(known.TimeZone, out var found) ? found : TimeZoneInfo.Utc;
        var local = TimeZoneInfo.ConvertTime(due, zone);
        return local.ToString(local.Second == 0 ? "HH:mm" : "HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
