using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Starts the same job with the same parameters again: an equal run goes on from its first stage that is not finished.</summary>
internal sealed class ResumeModel(IJobScheduler scheduler, IOperationsLedger operations, RunArchive archive) : OperatorPage
{
    public IActionResult OnGet(string id) => LocalRedirect($"/runs/{Uri.EscapeDataString(id)}");

    public IActionResult OnPost(string id)
    {
        string back = $"/runs/{Uri.EscapeDataString(id)}";
        if (archive.Find(id) is not { } run) return NotFound();
        if (run.Run.State is not (RunState.Failed or RunState.Cancelled)) return Trouble("Only a run that failed or was cancelled can be resumed.", back);
        // Begun again from a stage, it would not be the same run.
        var parameters = (operations.Request(id)?.Parameters ?? new Dictionary<string, string>()).Where(p => p.Key != "from").ToDictionary();
        return Trigger(() => scheduler.Trigger(new JobRequest(run.Run.Job, parameters, By)), back);
    }
}
