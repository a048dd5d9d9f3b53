using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Pages.Versions;

/// <summary>One version: where it came from, what its gates said, what it measured.</summary>
internal sealed class VersionModel(IOutputStore store, RunArchive archive) : PageModel
{
    public VersionRecord Version { get; private set; } = null!;

    public RunFacts? Run { get; private set; }

    public IActionResult OnGet(string version)
    {
        if (store.Find(version) is not { } found) return NotFound();
        Version = found;
        Run = archive.Find(found.RunId);
        return Page();
    }
}
