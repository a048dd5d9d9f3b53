using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console.Pages.Nights;

/// <summary>Any two nights beside each other.</summary>
internal sealed class CompareModel(RunArchive runs, PipelineOptions night) : PageModel
{
    public RunFacts Night { get; private set; } = null!;

    public RunFacts Beside { get; private set; } = null!;

    public IReadOnlyList<ComparedMetric> Metrics { get; private set; } = [];

    public IReadOnlyList<ComparedOption> Options { get; private set; } = [];

    /// <summary>Whether both still have their options on disk.</summary>
    public bool KnowsOptions { get; private set; }

    public IReadOnlyList<(string Stage, LedgerStage? Night, LedgerStage? Beside)> Stages { get; private set; } = [];

    /// <summary>Checks whose outcome differs, or that one of the two did not make.</summary>
    public IReadOnlyList<(string Gate, string Name, ConstraintResult? Night, ConstraintResult? Beside)> Checks { get; private set; } = [];

    public IActionResult OnGet(string? night, string? beside)
    {
        if (night is null || beside is null || runs.Find(night) is not { } one || runs.Find(beside) is not { } other) return NotFound();
        (Night, Beside) = (one, other);
        Metrics = RunComparison.Metrics(one, other, Cutoff);
        var (now, before) = (runs.Options(one), runs.Options(other));
        KnowsOptions = now.Count > 0 && before.Count > 0;
        Options = RunComparison.Options(now, before);
        Stages = [.. StageNames.All
            .Select(s => (s, one.Stages.FirstOrDefault(x => x.Stage == s), other.Stages.FirstOrDefault(x => x.Stage == s)))
            .Where(s => s.Item2 is not null || s.Item3 is not null)];
        var (made, compared) = (ByName(one), ByName(other));
        Checks = [.. made.Keys.Union(compared.Keys)
            .Select(k => (k.Gate, k.Name, made.GetValueOrDefault(k), compared.GetValueOrDefault(k)))
            .Where(c => c.Item3?.Level != c.Item4?.Level)];
        return Page();
    }

    private int Cutoff => night.Evaluate.Cutoffs[0];

    public static string Took(LedgerStage? stage) =>
        stage is null ? "–" : stage.State == StageState.Reused ? "taken over" : Text.Format.Duration(TimeSpan.FromSeconds(stage.Seconds));

    private static Dictionary<(string Gate, string Name), ConstraintResult> ByName(RunFacts run) =>
        run.Checks.GroupBy(c => (c.Gate, c.Name)).ToDictionary(g => g.Key, g => g.First());
}
