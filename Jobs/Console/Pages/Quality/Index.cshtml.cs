using Recsys.Batch.Jobs.Text;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Quality;

/// <summary>Constraints over time, and what the last runs set aside.</summary>
internal sealed class IndexModel(RunArchive archive, IRunLedger ledger, ZoneClock clock) : PageModel
{
    private const int Runs = 30;

    public IReadOnlyList<CheckHistory> Checks { get; private set; } = [];

    public CheckHistory? Chosen { get; private set; }

    public LineChart? Chart { get; private set; }

    public RunFacts? QuarantineRun { get; private set; }

    /// <summary>Rows by reason of that run, most first.</summary>
    public IReadOnlyList<(string Reason, long Rows, int Files)> Reasons { get; private set; } = [];

    public LineChart? Share { get; private set; }

    public void OnGet(string? check = null)
    {
        var runs = archive.Recent(Runs);
        Checks = QualityHistory.Of(runs);
        Chosen = Checks.FirstOrDefault(c => c.Id == check);
        if (Chosen is { } chosen)
            Chart = new LineChart(chosen.Name,
                [.. chosen.Runs.Select(r => new ChartPoint(
                    $"{clock.Day(r.Run.Run.Started)} · {RunNames.Short(r.Run.Id)}", r.Result?.Value is { } v && double.IsFinite(v) ? v : null,
                    $"/runs/{r.Run.Id}", r.Result is { Level: not Pipeline.Stage.ConstraintLevel.Pass },
                    r.Result is { Level: not Pipeline.Stage.ConstraintLevel.Pass } odd ? Mark.Of(odd.Level).Word.ToLowerInvariant() : null))],
                Format.Figure);
        foreach (var run in runs)
        {
            if (run.Metric(Pipeline.Runs.Nightly.StageNames.Ingest, "ingest.quarantined") is 0) continue;
            var rows = ledger.Quarantine(run.Id);
            if (rows.Count == 0) continue;
            QuarantineRun = run;
            Reasons = [.. rows.GroupBy(r => r.Reason)
                .Select(g => (g.Key, g.Sum(r => r.Rows), g.Select(r => r.File).Distinct().Count()))
                .OrderByDescending(r => r.Item2)];
            break;
        }
        Share = Trends.Of(runs, 10, null, clock).First(c => c.Name == Trends.QuarantinedName);
    }
}
