using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console.Pages.Versions;

/// <param name="Passed">Of <paramref name="Checks"/>; those that had nothing to measure are not among them.</param>
/// <param name="Odd">Checks of its run's gates that did not pass.</param>
/// <param name="Ndcg">Of its lists, as on every other page; null where its run did not measure them.</param>
internal sealed record VersionRow(VersionRecord Version, int Passed, int Checks, IReadOnlyList<ConstraintResult> Odd, double? Ndcg);

/// <summary>All versions with what their gates said.</summary>
internal sealed class IndexModel(IOutputStore store, RunArchive archive, PipelineOptions night) : PageModel
{
    public IReadOnlyList<VersionRow> Rows { get; private set; } = [];

    public int Keep => night.Publish.KeepVersions;

    public int Cutoff => night.Evaluate.Cutoffs[0];

    public bool CanRollBack => Rows.Any(r => r.Version.State == VersionState.Retired);

    public void OnGet() => Rows = [.. store.Versions().Select(v =>
    {
        var run = archive.Find(v.RunId);
        var checks = run?.Checks ?? [];
        return new VersionRow(
            v, checks.Count(c => c.Level == ConstraintLevel.Pass && !Mark.IsUnmeasured(c)), checks.Count,
            [.. checks.Where(c => c.Level != ConstraintLevel.Pass)],
            run?.Published($"new.ndcg@{Cutoff}"));
    })];
}
