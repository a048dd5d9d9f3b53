using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages;

/// <summary>Who triggered, cancelled, paused, rolled back, accepted; and which host took over from which.</summary>
internal sealed class AuditModel(OperationsLedger operations) : PageModel
{
    public const int PageSize = 50;

    public IReadOnlyList<AuditEntry> Entries { get; private set; } = [];

    public string? Act { get; private set; }

    public long Skip { get; private set; }

    public bool HasMore { get; private set; }

    public void OnGet(string? act = null, long skip = 0)
    {
        Act = AuditActs.All.Contains(act) ? act : null;
        Skip = Math.Max(0, skip);
        var found = operations.Audit(PageSize + 1, Act, skip: Skip);
        HasMore = found.Count > PageSize;
        Entries = [.. found.Take(PageSize)];
    }

    public string At(long skip) => $"/audit?skip={skip}{(Act is { } act ? $"&act={Uri.EscapeDataString(act)}" : "")}";
}
