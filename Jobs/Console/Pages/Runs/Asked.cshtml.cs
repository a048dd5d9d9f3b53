using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>An execution from the moment it was asked for: leads to its run once there is one.</summary>
internal sealed class AskedModel(IOperationsLedger operations) : PageModel
{
    public LedgerExecution Execution { get; private set; } = null!;

    public string? CancelledBy { get; private set; }

    public bool IsOpen => Execution.State is ExecutionState.Queued or ExecutionState.Running;

    public string Say => $"{Execution.Job}: {Mark.Of(Execution.State).Word}";

    public IActionResult OnGet(string id)
    {
        if (operations.Execution(id) is not { } execution) return NotFound();
        if (execution.RunId is { } run) return LocalRedirect($"/runs/{Uri.EscapeDataString(run)}");
        Execution = execution;
        CancelledBy = operations.CancelRequestedBy(id);
        return Page();
    }
}
