using Microsoft.AspNetCore.Mvc;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages.Runs;

/// <summary>Triggers a job with parameters.</summary>
internal sealed class StartModel(IJobScheduler scheduler, OperationsLedger operations, RunArchive archive) : OperatorPage
{
    /// <summary>Jobs that make a run of stages; the others have their own pages.</summary>
    public static IReadOnlyList<(string Name, string Words)> Jobs { get; } =
    [
        (JobNames.Nightly, "a whole night: from the logs to published lists"),
        (RunRequest.Delta, "bring new events to the lists with the model of the last night"),
        (StageNames.Ingest, "read new log files and judge their quality"),
        (StageNames.Train, "up to the trained models"),
        (StageNames.Evaluate, "up to the figures on held-out purchases"),
        (StageNames.Materialize, "up to the lists, without publishing them"),
        (StageNames.Sweep, "accuracy against diversity, for the Balance page"),
        (StageNames.Feedback, "what impressions and clicks say of the arms, and the next night’s policy"),
        (StageNames.Experiment, "whether lists help: orders beside those of the control group, for the Balance page"),
    ];

    public static IReadOnlyList<string> Stages { get; } = [.. StageNames.All.Where(s =>
        s is not (StageNames.Tune or StageNames.TuneEncoder or StageNames.Sweep or StageNames.Feedback or StageNames.Experiment))];

    [BindProperty]
    public string Job { get; set; } = JobNames.Nightly;

    [BindProperty]
    public string? From { get; set; }

    [BindProperty]
    public string? Settings { get; set; }

    public string? Fault { get; private set; }

    /// <param name="like">A run whose job and parameters the form begins with.</param>
    /// <param name="set">Settings that the form begins with.</param>
    public void OnGet(string? like = null, string? job = null, string? set = null)
    {
        Job = job is not null && Jobs.Any(j => j.Name == job) ? job : JobNames.Nightly;
        Settings = set;
        if (like is null || archive.Find(like) is not { } run) return;
        Job = run.Run.Job;
        var parameters = operations.Request(like)?.Parameters ?? new Dictionary<string, string>();
        From = parameters.GetValueOrDefault("from");
        Settings = string.Join('\n', parameters.Where(p => p.Key != "from").Select(p => $"{p.Key}={p.Value}"));
    }

    public IActionResult OnPost()
    {
        var parameters = Parse();
        if (Fault is not null) return Page();
        try
        {
            return LocalRedirect($"/runs/asked/{Uri.EscapeDataString(scheduler.Trigger(new JobOrder(Job, parameters), By))}");
        }
        catch (RecsysException e)
        {
            Fault = e.Message;
            return Page();
        }
    }

    private Dictionary<string, string> Parse()
    {
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in (Settings ?? "").Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0))
        {
            int at = line.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0 || !line.AsSpan(0, at).Contains(':'))
            {
                Fault = $"'{line}' is not a setting; expected Section:Key=value, one a line, such as Diversify:Lambda=0.3";
                break;
            }
            parameters[line[..at].Trim()] = line[(at + 1)..].Trim();
        }
        if (!string.IsNullOrEmpty(From)) parameters["from"] = From;
        return parameters;
    }
}
