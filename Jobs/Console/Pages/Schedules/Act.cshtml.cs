using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Console.Pages.Schedules;

/// <summary>Pauses a schedule, resumes it, or runs its job now.</summary>
internal sealed class ActModel(IJobScheduler scheduler) : OperatorPage
{
    /// <summary>A name is the configuration's and may hold anything, so it travels in the form.</summary>
    public IActionResult OnGet() => LocalRedirect("/schedules");

    public async Task<IActionResult> OnPostAsync([FromForm] string name, string what, CancellationToken cancellation)
    {
        var schedule = (await scheduler.SchedulesAsync(1, cancellation).ConfigureAwait(false)).FirstOrDefault(s => s.Schedule.Name == name)?.Schedule;
        if (schedule is null) return NotFound();
        switch (what)
        {
            case "pause":
                await scheduler.PauseAsync(name, User.Identity?.Name ?? "an operator", cancellation).ConfigureAwait(false);
                return Done($"{name} is paused. It starts nothing until it is resumed.", "/schedules");
            case "resume":
                await scheduler.ResumeAsync(name, cancellation).ConfigureAwait(false);
                return Done($"{name} is active again.", "/schedules");
            default:
                return await Trigger(scheduler, schedule.Job, schedule.Parameters, "/schedules", cancellation, schedule.Name).ConfigureAwait(false);
        }
    }
}
