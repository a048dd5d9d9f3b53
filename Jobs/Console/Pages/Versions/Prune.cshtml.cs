using System.Globalization;
using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages.Versions;

/// <summary>Names the versions that would go, and asks for it.</summary>
internal sealed class PruneModel(IOutputStore store, IJobScheduler scheduler, PipelineOptions night) : OperatorPage
{
    public int Keep { get; private set; }

    public IReadOnlyList<VersionRecord> Going { get; private set; } = [];

    public void OnGet(int? keep = null)
    {
        Keep = Math.Clamp(keep ?? night.Publish.KeepVersions, 1, 1000);
        Going = VersionRetention.Over(store.Versions(), Keep);
    }

    public IActionResult OnPost(int keep) => keep < 1
        ? Trouble("At least one version must stay.", "/versions/prune")
        : Trigger(
            () => scheduler.Trigger(new JobOrder(JobNames.Prune, new() { ["keep"] = keep.ToString(CultureInfo.InvariantCulture) }), By),
            "/versions");
}
