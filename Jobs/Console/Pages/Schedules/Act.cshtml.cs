using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Console.Pages.Schedules;

/// <summary>Pauses a schedule, resumes it, or runs its job now.</summary>
internal sealed class ActModel(IJobScheduler scheduler) : OperatorPage
{
    /// <summary>A name is the configuration's and may hold anything, so it travels in the form.</summary>
    public IActionResult OnGet() => LocalRedirect("/schedules");

    public IActionResult OnPost([FromForm] string name, string what)
    {
        if (scheduler.Schedules(1).All(s => s.Name != name)) return NotFound();
        switch (what)
        {
            case "pause":
                scheduler.Pause(name, By);
                return Done($"{name} is paused. It starts nothing until it is resumed.", "/schedules");
            case "resume":
                scheduler.Resume(name, By);
                return Done($"{name} is active again.", "/schedules");
            default:
                return Trigger(() => scheduler.TriggerSchedule(name, By), "/schedules");
        }
    }
}
