using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>All runs, and jobs that have no run (yet): queued, waiting, failed or deleted before it began.</summary>
internal sealed class IndexModel(RunArchive archive, IJobScheduler scheduler) : PageModel
{
    public const int PageSize = 40;
    private const int JobsOfEachState = 10;
    private const int JobsShown = 8;

    public IReadOnlyList<RunFacts> Runs { get; private set; } = [];

    public IReadOnlyList<JobFacts> WithoutRun { get; private set; } = [];

    public int Skip { get; private set; }

    public bool HasMore { get; private set; }

    public void OnGet(int skip = 0)
    {
        Skip = Math.Max(0, skip);
        var page = archive.Recent(Skip + PageSize + 1).Skip(Skip).ToArray();
        HasMore = page.Length > PageSize;
        Runs = [.. page.Take(PageSize)];
        if (Skip == 0) WithoutRun = [.. scheduler.Jobs(JobsOfEachState).Where(j => j.RunId is null).Take(JobsShown)];
    }
}
