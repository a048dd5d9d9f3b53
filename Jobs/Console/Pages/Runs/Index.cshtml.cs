using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>All runs, and executions that have no run (yet): queued, stood back, failed before they began.</summary>
internal sealed class IndexModel(RunArchive archive, IOperationsLedger operations) : PageModel
{
    public const int PageSize = 40;

    public IReadOnlyList<RunFacts> Runs { get; private set; } = [];

    public IReadOnlyList<LedgerExecution> WithoutRun { get; private set; } = [];

    public int Skip { get; private set; }

    public bool HasMore { get; private set; }

    public void OnGet(int skip = 0)
    {
        Skip = Math.Max(0, skip);
        var page = archive.Recent(Skip + PageSize + 1).Skip(Skip).ToArray();
        HasMore = page.Length > PageSize;
        Runs = [.. page.Take(PageSize)];
        if (Skip == 0) WithoutRun = [.. operations.Executions(30).Where(e => e.RunId is null).Take(8)];
    }
}
