using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Delta;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Train.Auto;
using Spectre.Console;

namespace Recsys.Batch.Jobs.Cli.Display;

/// <summary>What a run came to: stages with their times, gates, the version that readers now get.</summary>
internal static class RunView
{
    /// <param name="foldGates">Gates that let the night pass are a line.</param>
    public static void Write(Screen screen, RunReport report, PipelineOptions night, bool foldGates = false)
    {
        if (!screen.IsTerminal) Stages(screen, report);
        var ingest = Ingest(report);
        var evaluation = Evaluation(report);
        if (ingest is not null)
        {
            Heading(screen, "Rows");
            IngestView.Write(screen, ingest);
        }
        if (report.Checks.Any())
        {
            Heading(screen, "Gates");
            if (foldGates) GateView.WriteFolded(screen, [.. report.Checks]);
            else GateView.Write(screen, [.. report.Checks]);
        }
        if (Done(report, StageNames.Sweep) is { } sweep)
        {
            Heading(screen, "Accuracy against diversity");
            SweepView.Write(screen, SweepReport.Read(Path.Combine(sweep, SweepReport.FileName)));
        }
        if (Done(report, StageNames.Feedback) is { } feedback)
        {
            Heading(screen, "What was clicked: 95% intervals");
            FeedbackView.Write(screen, FeedbackReport.Read(Path.Combine(feedback, FeedbackReport.FileName)));
        }
        if (Done(report, StageNames.Experiment) is { } experiment)
        {
            Heading(screen, "Whether lists help: 95% intervals");
            ExperimentView.Write(screen, ExperimentReport.Read(Path.Combine(experiment, ExperimentReport.FileName)));
        }
        if (Race(report) is { } race)
        {
            Heading(screen, "What serves, chosen on the validation window: 95% intervals");
            AutoView.Write(screen, race);
        }
        if (Done(report, StageNames.Rank) is { } rank && BalanceReport.Read(Path.Combine(rank, BalanceReport.FileName)) is { Points.Count: > 0 } balance)
        {
            Heading(screen, "How lists are diversified, chosen on the validation window: 95% intervals");
            BalanceView.Write(screen, balance);
        }
        if (Rules(report) is { } rules)
        {
            Heading(screen, "Rules: what they placed, where they yielded, and the relevance given up");
            RulesView.Write(screen, rules);
        }
        if (evaluation is not null)
        {
            Heading(
                screen, report.Job == RunRequest.Delta ? "Held-out purchases, when the model was trained: 95% intervals" : "Held-out purchases: 95% intervals");
            EvaluationView.Write(screen, evaluation, night.Evaluate.Cutoffs[0]);
            EvaluationView.WriteGroups(screen, evaluation);
        }
        screen.Line();
        Outcome(screen, report, night);
    }

    private static void Heading(Screen screen, string text)
    {
        screen.Line();
        screen.Markup($"[bold]{text}[/]");
    }

    private static IngestReport? Ingest(RunReport report) => Done(report, StageNames.Ingest) is { } folder ? IngestArtifacts.ReadReport(folder) : null;

    private static EvaluationReport? Evaluation(RunReport report) =>
        Done(report, StageNames.Evaluate) is { } folder ? EvaluationFile.Read(Path.Combine(folder, EvaluationFile.Name)) : null;

    /// <summary>The race of train, or of job tune; null where the configuration names an algorithm.</summary>
    private static AutoReport? Race(RunReport report) => new[] { StageNames.Train, StageNames.Tune }
        .Select(stage => Done(report, stage) is { } folder ? Path.Combine(folder, AutoChoice.FileName) : null)
        .FirstOrDefault(File.Exists) is { } path ? AutoChoice.Load(path) : null;

    /// <summary>What the shop's rules did; null where there are none.</summary>
    private static RulesReport? Rules(RunReport report) =>
        Done(report, StageNames.Materialize) is { } folder && Path.Combine(folder, RulesReport.FileName) is var path && File.Exists(path)
            ? RulesReport.Read(path)
            : null;

    private static string? Done(RunReport report, string stage) =>
        report.Stages.FirstOrDefault(s => s.Stage == stage && s.Manifest is { IsDone: true })?.Folder;

    private static void Stages(Screen screen, RunReport report)
    {
        var table = screen.Table();
        table.AddColumns("Stage", "State", "Took", "Kept");
        foreach (var column in table.Columns) column.NoWrap();
        table.Columns[2].RightAligned();
        table.Columns[3].RightAligned();
        foreach (var stage in report.Stages)
            table.AddRow(
                Screen.Cell(stage.Stage),
                stage.State == StageState.Finished ? "[green]done[/]"
                : stage.State == StageState.Reused ? "[green]unchanged[/]" : $"[red]{stage.State.ToString().ToLowerInvariant()}[/]",
                Format.Duration(stage.Took),
                stage.Manifest is { } m ? Format.Bytes(m.Outputs.Sum(o => o.Bytes)) : "");
        screen.Console.Write(table);
    }

    private static void Outcome(Screen screen, RunReport report, PipelineOptions night)
    {
        string took = Format.Duration(report.Took);
        if (Unchanged(report) is { } same)
        {
            screen.Markup(
                $"[green bold]Nothing changed[/] in {took}: version {Screen.Cell(same)} stays [grey]· run {Screen.Cell(report.RunId)} · "
                + $"{Screen.Cell(night.Publish.Path)}[/]");
            if (report.Message is { } why) screen.Line(Capital(why));
            return;
        }
        screen.Markup(report.Version is { } version
            ? $"[green bold]Published version {Screen.Cell(version)}[/] in {took} [grey]· run {Screen.Cell(report.RunId)} · "
                + $"{Screen.Cell(night.Publish.Path)}[/]"
            : $"[bold]{Screen.Cell(report.Job)}[/]: {report.State.ToString().ToLowerInvariant()} in {took} [grey]· run {Screen.Cell(report.RunId)} · "
                + $"{Screen.Cell(night.Publish.Path)}[/]");
        if (report.Message is { } outcome) screen.Line(Capital(outcome));
    }

    private static string Capital(string sentence) => $"{char.ToUpperInvariant(sentence[0])}{sentence[1..]}.";

    private static string? Fact(RunReport report, string name) =>
        report.Stages.Select(s => s.Manifest?.Facts.GetValueOrDefault(name)).LastOrDefault(f => f is not null);

    /// <summary>
    /// The version that a delta found equal to what it would publish, or that stays because what a run would publish was rolled back; null where there is
    /// something new, or in a night.
    /// </summary>
    private static string? Unchanged(RunReport report) =>
        report.State == RunState.Finished && report.Version is null && Fact(report, RunJournal.CurrentFact) is { } current ? current
        : report.Job == RunRequest.Delta && report.Stages[^1] is { Manifest.IsDone: true } publish
        && (publish.State == StageState.Reused || report.Stages.Any(s => s.Manifest?.Facts.GetValueOrDefault(DeltaFacts.Base) == report.Version))
            ? report.Version
            : null;

    public static object Json(RunReport report, PipelineOptions night) => new
    {
        report.RunId,
        report.Job,
        report.State,
        Version = report.Version ?? Unchanged(report),
        Unchanged = Unchanged(report) is not null,
        RolledBack = Fact(report, RunJournal.RolledBackFact)?.Split(", ") ?? [],
        Output = night.Publish.Path,
        Seconds = report.Took.TotalSeconds,
        report.Message,
        Stages = report.Stages.Select(s => new { s.Stage, s.State, s.Reason, Seconds = s.Took.TotalSeconds, s.Manifest?.Metrics, s.Manifest?.Facts }),
        Checks = report.Checks,
        Ingest = Ingest(report) is { } ingest
            ? new { ingest.Total, ingest.New, ingest.RowsByFate, ingest.Users, ingest.Items, ingest.Pairs, ingest.HoldOut }
            : null,
        Auto = Race(report),
        Rules = Rules(report),
        Evaluation = Evaluation(report),
        Feedback = Done(report, StageNames.Feedback) is { } feedback ? FeedbackReport.Read(Path.Combine(feedback, FeedbackReport.FileName)) : null,
        Experiment = Done(report, StageNames.Experiment) is { } experiment
            ? ExperimentReport.Read(Path.Combine(experiment, ExperimentReport.FileName)) : null,
        Sweep = Done(report, StageNames.Sweep) is { } sweep ? SweepReport.Read(Path.Combine(sweep, SweepReport.FileName)) : null,
    };
}
