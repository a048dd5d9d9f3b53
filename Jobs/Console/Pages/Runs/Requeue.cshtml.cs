using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Queues a job again that ended without a run, or whose next attempt is to come.</summary>
internal sealed class RequeueModel(IJobScheduler scheduler) : OperatorPage
{
    public IActionResult OnGet(string id) => LocalRedirect($"/runs/asked/{Uri.EscapeDataString(id)}");

    public IActionResult OnPost(string id)
    {
        string back = $"/runs/asked/{Uri.EscapeDataString(id)}";
        if (scheduler.Job(id) is null) return NotFound();
        return scheduler.Requeue(id, By) ? Done("The job is queued again.", back) : Trouble("It is queued or at work already.", back);
    }
}
