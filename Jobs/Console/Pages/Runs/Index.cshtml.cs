using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Views;
using System.Globalization;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>All runs, and jobs that have no run (yet): queued, waiting, failed or deleted before it began.</summary>
internal sealed class IndexModel(RunArchive archive, IJobScheduler scheduler, ZoneClock clock) : PageModel
{
    public const int PageSize = 40;
    private const int JobsOfEachState = 10;
    private const int JobsShown = 8;

    public IReadOnlyList<RunFacts> Runs { get; private set; } = [];

    public IReadOnlyList<JobFacts> WithoutRun { get; private set; } = [];

    public int Skip { get; private set; }

    public bool HasMore { get; private set; }

    public static IReadOnlyList<string> Jobs { get; } = JobNames.Runs;

    public string? Job { get; private set; }

    public RunState? State { get; private set; }

    public DateOnly? From { get; private set; }

    public DateOnly? To { get; private set; }

    public bool IsFiltered => Job is not null || State is not null || From is not null || To is not null;

    /// <param name="from">First day, and <paramref name="to"/> the last one, in the console's zone.</param>
    public void OnGet(int skip = 0, string? job = null, string? state = null, string? from = null, string? to = null)
    {
        Skip = Math.Max(0, skip);
        (Job, State) = (Jobs.Contains(job) ? job : null, Enum.TryParse<RunState>(state, true, out var known) && Enum.IsDefined(known) ? known : null);
        (From, To) = (Day(from), Day(to));
        var page = archive.Matching(new RunFilter(PageSize + 1, Skip) { Job = Job, State = State, From = Start(From), To = Start(To?.AddDays(1)) });
        HasMore = page.Count > PageSize;
        Runs = [.. page.Take(PageSize)];
        if (Skip == 0 && !IsFiltered) WithoutRun = [.. scheduler.Jobs(JobsOfEachState).Where(j => j.RunId is null).Take(JobsShown)];
    }

    /// <summary>The address of another page of the same choice.</summary>
    public string At(int skip) =>
        $"/runs?skip={skip}{Asked("job", Job)}{Asked("state", State?.ToString())}{Asked("from", Text(From))}{Asked("to", Text(To))}";

    public static string? Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Asked(string name, string? value) => value is null ? "" : $"&{name}={Uri.EscapeDataString(value)}";

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1900 and < 9000
            ? day
            : null;

    private DateTimeOffset? Start(DateOnly? day) => day is { } d ? clock.Start(d) : null;
}
