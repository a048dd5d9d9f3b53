using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Console.Pages.Schedules;

/// <summary>When jobs run by themselves.</summary>
internal sealed class IndexModel(IJobScheduler scheduler) : PageModel
{
    public IReadOnlyList<ScheduleStatus> Schedules { get; private set; } = [];

    public void OnGet() => Schedules = scheduler.Schedules();

    /// <summary>A moment in a schedule's own time zone: that is how its cron expression is read.</summary>
    public static DateTimeOffset Local(DateTimeOffset time, string zone) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? TimeZoneInfo.ConvertTime(time, found) : time.ToUniversalTime();
}
