using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Asks that a run, or an execution that has none yet, be cancelled on whichever host it is.</summary>
internal sealed class CancelModel(IJobScheduler scheduler, IOperationsLedger operations) : OperatorPage
{
    public IActionResult OnGet(string id) => LocalRedirect($"/runs/{Uri.EscapeDataString(id)}");

    public async Task<IActionResult> OnPostAsync(string id, CancellationToken cancellation)
    {
        var execution = operations.Execution(id) ?? operations.Executions(500).FirstOrDefault(e => e.RunId == id && e.State is ExecutionState.Queued or ExecutionState.Running);
        string back = execution?.RunId is { } run ? $"/runs/{Uri.EscapeDataString(run)}" : execution is not null ? $"/runs/asked/{Uri.EscapeDataString(execution.Id)}" : $"/runs/{Uri.EscapeDataString(id)}";
        if (execution is null) return Trouble("This run was not started by a scheduler, so it can only be stopped where it was started (Ctrl-C).", back);
        return await scheduler.CancelAsync(execution.Id, By, cancellation).ConfigureAwait(false)
            ? Done("Asked the run to stop. It puts its work down at the next safe place.", back)
            : Trouble("There was nothing to cancel any more: it had ended.", back);
    }
}
