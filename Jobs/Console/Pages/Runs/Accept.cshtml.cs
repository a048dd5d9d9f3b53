using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Has a refused run done again with what its gate refused accepted, once, at the values that were seen.</summary>
internal sealed class AcceptModel(IJobScheduler scheduler, OperationsLedger operations, RunArchive archive, ZoneClock clock) : OperatorPage
{
    public IActionResult OnGet(string id) => LocalRedirect($"/runs/{Uri.EscapeDataString(id)}");

    public IActionResult OnPost(string id, [FromForm] string? reason)
    {
        string back = $"/runs/{Uri.EscapeDataString(id)}";
        if (archive.Find(id) is not { } run) return NotFound();
        if (Decision.Of(run, archive, clock) is not { CanAccept: true } decision)
            return Trouble("There is nothing to accept: no gate refused this run, a later one has ended, or the check is no matter of judgement.", back);
        string why = string.Join(' ', (reason ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var parameters = (operations.Request(id)?.Parameters ?? new Dictionary<string, string>()).Where(p => p.Key != "from").ToDictionary();
        parameters[GateAcceptance.Parameter] = GateAcceptance.Text(decision.Checks.Select(c => c.Result));
        parameters[GateAcceptance.ReasonParameter] = why;
        return Trigger(
            () =>
            {
                string job = scheduler.Trigger(new JobOrder(run.Run.Job, parameters), By);
                operations.Append(new AuditEntry(By, AuditActs.Accepted, id, $"{parameters[GateAcceptance.Parameter]}: {why}", JobId: job));
                return job;
            },
            back);
    }
}
