using Recsys.Batch.Pipeline.Diversify;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Pages.Balance;

/// <summary>Accuracy against diversity, and what another setting would do to real lists.</summary>
internal sealed class IndexModel(SweepArchive sweeps, FeedbackArchive feedback, ExperimentArchive experiments, PipelineOptions night) : PageModel
{
    public IReadOnlyList<RunFacts> Runs { get; private set; } = [];

    public RunFacts? Run { get; private set; }

    public SweepReport? Report { get; private set; }

    /// <summary>What customers clicked, where job feedback ran.</summary>
    public FeedbackFacts? Feedback { get; private set; }

    /// <summary>Whether lists help, where job experiment ran.</summary>
    public ExperimentFacts? Experiment { get; private set; }

    public BalanceChart? Chart { get; private set; }

    /// <summary>The point that is laid beside the configured one.</summary>
    public int Chosen { get; private set; }

    public int CurrentIndex { get; private set; }

    /// <summary>The configuration has moved on since the sweep.</summary>
    public bool IsOutdated { get; private set; }

    public IActionResult OnGet(string? run = null, string? point = null)
    {
        Runs = sweeps.Runs(10);
        Feedback = feedback.Newest();
        Experiment = experiments.Newest();
        Run = run is null ? (Runs is [var newest, ..] ? newest : null) : Runs.FirstOrDefault(r => r.Id == run);
        if (run is not null && Run is null) return NotFound();
        if (Run is null || sweeps.Read(Run) is not { } report) return Page();
        Report = report;
        Chart = new BalanceChart(report);
        CurrentIndex = IndexOf(p => p.IsCurrent);
        int wanted = IndexOf(p => p.Name == point);
        // Without a choice, the neighbor with more diversity: the question an operator comes with.
        Chosen = wanted >= 0 ? wanted : Suggested();
        // What auto chooses anew each night is no change of the configuration.
        IsOutdated = night.Diversify.Stated is { } stated && stated != new DiversitySetting(report.Current.Method, report.Current.Lambda);
        return Page();
    }

    /// <summary>Share of the configured list that stays, on average over the sample customers.</summary>
    public double? Kept => Report is { Samples.Count: > 0 } r
        ? r.Samples.Average(
            s => s.Lists[CurrentIndex].Count == 0 ? 1 : s.Lists[CurrentIndex].Intersect(s.Lists[Chosen]).Count() / (double)s.Lists[CurrentIndex].Count) : null;

    private int Suggested()
    {
        var current = Report!.Current;
        var next = Report.Points.Where(p => p.Method == current.Method && p.Lambda > current.Lambda).MinBy(p => p.Lambda);
        return next is null ? CurrentIndex : IndexOf(p => ReferenceEquals(p, next));
    }

    private int IndexOf(Func<SweepPoint, bool> which)
    {
        for (int i = 0; i < Report!.Points.Count; i++)
            if (which(Report.Points[i])) return i;
        return -1;
    }
}
