using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Pages.Versions;

/// <summary>Says what a roll-back would change for readers, and asks for it.</summary>
internal sealed class RollbackModel(IOutputStore store, ChangeArchive changes, IJobScheduler scheduler) : OperatorPage
{
    /// <summary>Comparing all lists takes a moment for each million customers; beyond this many it is left out.</summary>
    private const long ComparedUsers = 300_000;

    public VersionRecord? Current { get; private set; }

    public IReadOnlyList<VersionRecord> Targets { get; private set; } = [];

    public VersionRecord? Target { get; private set; }

    public VersionComparison? Change { get; private set; }

    public IActionResult OnGet(string? to = null)
    {
        var versions = store.Versions();
        Current = versions.FirstOrDefault(v => v.State == VersionState.Current);
        Targets = [.. versions.Where(v => v.State == VersionState.Retired)];
        // Without a choice, the one that was published before the current one.
        Target = to is null
            ? versions.SkipWhile(v => v.State != VersionState.Current).FirstOrDefault(v => v.State == VersionState.Retired)
                ?? (Targets is [var newest, ..] ? newest : null)
            : Targets.FirstOrDefault(v => v.Version == to);
        if (to is not null && Target is null) return NotFound();
        if (Current is not null && Target is not null && Math.Max(Current.Users, Target.Users) <= ComparedUsers)
            Change = changes.Between(Current.Version, Target.Version).Totals;
        return Page();
    }

    public IActionResult OnPost(string version) =>
        Trigger(() => scheduler.Trigger(new JobOrder(JobNames.Rollback, new() { ["version"] = version }), By), "/versions");
}
