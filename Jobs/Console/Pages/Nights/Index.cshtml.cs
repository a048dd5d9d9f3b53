using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages.Nights;

/// <summary>The last nights beside each other: what each stage came to and how long it took, what was published, how good it was.</summary>
internal sealed class IndexModel(RunArchive runs, OperationsLedger operations, IOutputStore store, PipelineOptions night, ConsoleContext surface) : PageModel
{
    public const int Shown = 30;

    public NightGrid Grid { get; private set; } = null!;

    public int Cutoff => night.Evaluate.Cutoffs[0];

    /// <summary>Nights that can be laid beside each other, newest first.</summary>
    public IReadOnlyList<NightColumn> Comparable => [.. Grid.Nights.Where(n => n.Run is not null).Reverse()];

    public void OnGet() => Grid = NightGrid.Of(Shown, runs, operations, store, surface.Now);

    /// <summary>Columns that a narrow window leaves out: a phone shows the last nine, a small window sixteen.</summary>
    public string? Narrow(int column) => (Grid.Nights.Count - column) switch { > 16 => "col-3", > 9 => "col-2", _ => null };
}
