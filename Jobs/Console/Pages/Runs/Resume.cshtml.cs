using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Queues the run's job again, or starts the same one where that is gone: an equal run goes on from its first stage that is not finished.</summary>
internal sealed class ResumeModel(IJobScheduler scheduler, OperationsLedger operations, RunArchive archive) : OperatorPage
{
    public IActionResult OnGet(string id) => LocalRedirect($"/runs/{Uri.EscapeDataString(id)}");

    public IActionResult OnPost(string id)
    {
        string back = $"/runs/{Uri.EscapeDataString(id)}";
        if (archive.Find(id) is not { } run) return NotFound();
        if (run.Run.State is not (RunState.Failed or RunState.Cancelled)) return Trouble("Only a run that failed or was cancelled can be resumed.", back);
        var asked = operations.Request(id);
        var parameters = (asked?.Parameters ?? new Dictionary<string, string>()).Where(p => p.Key != "from").ToDictionary();
        // Its own job keeps its retries and followers, and a retry that is to come is not done besides. Begun again from a stage, it would not be the same run.
        if (asked is { JobId: { } job } && parameters.Count == asked.Parameters.Count && scheduler.Requeue(job, By))
            return Done("The job is queued again.", back);
        return Trigger(() => scheduler.Trigger(new JobOrder(run.Run.Job, parameters), By), back);
    }
}
