using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>A run's whole log: searched, by level, page by page.</summary>
internal sealed class LogModel(OperationsLedger operations, IRunLedger ledger) : PageModel
{
    public const int PageSize = 500;

    public static readonly IReadOnlyList<(string Name, string[] Levels)> Levels =
        [("everything", ["info", "warning", "error"]), ("warnings and errors", ["warning", "error"]), ("errors", ["error"])];

    public string RunId { get; private set; } = "";

    public string Text { get; private set; } = "";

    public int Level { get; private set; }

    public long After { get; private set; }

    public IReadOnlyList<LedgerLogLine> Lines { get; private set; } = [];

    public bool HasMore { get; private set; }

    public IActionResult OnGet(string id, string? text = null, int level = 0, long after = 0)
    {
        if (ledger.Run(id) is not { } run) return NotFound();
        (RunId, Text, Level, After) = (run.RunId, text?.Trim() ?? "", Math.Clamp(level, 0, Levels.Count - 1), Math.Max(0, after));
        var found = operations.SearchLog(id, Text, Levels[Level].Levels, After, PageSize + 1);
        HasMore = found.Count > PageSize;
        Lines = [.. found.Take(PageSize)];
        return Page();
    }
}
