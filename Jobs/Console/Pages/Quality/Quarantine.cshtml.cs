using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Quality;

/// <summary>The rows that one run set aside, by reason and file, out of its quarantine Parquet.</summary>
internal sealed class QuarantineModel(RunArchive archive, IRunLedger ledger, QuarantineFile quarantine) : PageModel
{
    public const int PageSize = 50;

    public RunFacts Run { get; private set; } = null!;

    public IReadOnlyList<RunFacts> Runs { get; private set; } = [];

    public IReadOnlyList<LedgerQuarantine> Summary { get; private set; } = [];

    public string? Reason { get; private set; }

    public string? SourceFile { get; private set; }

    public long Skip { get; private set; }

    public long Matching => Summary.Where(s => (Reason is null || s.Reason == Reason) && (SourceFile is null || s.File == SourceFile)).Sum(s => s.Rows);

    /// <summary>Null where the run's folder is gone.</summary>
    public IReadOnlyList<QuarantinedRow>? Rows { get; private set; }

    public IActionResult OnGet(CancellationToken cancellation, string? run = null, string? reason = null, string? file = null, long skip = 0)
    {
        Runs = [.. archive.Recent(40).Where(r => ledger.Quarantine(r.Id).Count > 0)];
        var chosen = run is null ? (Runs is [var newest, ..] ? newest : null) : archive.Find(run);
        if (chosen is null) return NotFound();
        Run = chosen;
        Summary = ledger.Quarantine(chosen.Id);
        (Reason, SourceFile, Skip) = (string.IsNullOrEmpty(reason) ? null : reason, string.IsNullOrEmpty(file) ? null : file, Math.Max(0, skip));
        Rows = quarantine.Read(chosen, SourceFile, Reason, Skip, PageSize, cancellation);
        return Page();
    }

    /// <summary>The address of another page of the same choice.</summary>
    public string At(long skip) =>
        $"/quality/quarantine?run={Uri.EscapeDataString(Run.Id)}{(Reason is { } r ? $"&reason={Uri.EscapeDataString(r)}" : "")}"
        + $"{(SourceFile is { } f ? $"&file={Uri.EscapeDataString(f)}" : "")}&skip={skip}";
}
