using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>A job from the moment it was asked for: leads to its run once there is one.</summary>
internal sealed class AskedModel(IJobScheduler scheduler) : PageModel
{
    public JobFacts Job { get; private set; } = null!;

    public string Say => $"{Job.Order.Job}: {Mark.Of(Job.State).Word}";

    public IActionResult OnGet(string id)
    {
        if (scheduler.Job(id) is not { } job) return NotFound();
        if (job.RunId is { } run) return LocalRedirect($"/runs/{Uri.EscapeDataString(run)}");
        Job = job;
        return Page();
    }
}
