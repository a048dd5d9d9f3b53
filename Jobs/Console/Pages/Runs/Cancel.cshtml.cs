using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Deletes the job of a run, or one that has none yet, on whichever host it is.</summary>
internal sealed class CancelModel(IJobScheduler scheduler, OperationsLedger operations) : OperatorPage
{
    public IActionResult OnGet(string id) => LocalRedirect($"/runs/{Uri.EscapeDataString(id)}");

    public IActionResult OnPost(string id)
    {
        // A run's address has its id, a job's page that of the job.
        string? job = operations.Request(id) is { } request ? request.JobId : scheduler.Job(id)?.Id;
        string back = operations.Request(id) is null && job is not null ? $"/runs/asked/{Uri.EscapeDataString(id)}" : $"/runs/{Uri.EscapeDataString(id)}";
        if (job is null) return Trouble("This run was not started by a scheduler, so it can only be stopped where it was started (Ctrl-C).", back);
        return scheduler.Cancel(job, By)
            ? Done("The job is deleted. Its run puts its work down at the next safe place.", back)
            : Trouble("There was nothing to cancel any more: it had ended, or it is in the memory of another host.", back);
    }
}
