using System.Globalization;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Job <c>sweep</c>: the night's model under a grid of diversification settings, on the hold-out for figures and on all data for lists. No part of the night;
/// it changes nothing that is published.
/// </summary>
internal sealed class SweepStep(SweepOptions sweep, DiversifyOptions diversify, EvaluateOptions evaluate, MaterializeOptions materialize) : IRunStage
{
    /// <summary>Whether the night reads reviews, which a ranker hears of.</summary>
    public bool HasReviews { get; init; }

    public string Name => StageNames.Sweep;

    public string CodeVersion => "3";

    public bool OnDemand => true;

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest, IngestArtifacts.Interactions, IngestArtifacts.Users, IngestArtifacts.Items, IngestArtifacts.Catalog, IngestArtifacts.HoldOut,
            IngestArtifacts.NewItems),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, TrainStep.Serving, TrainStep.HoldOutFolder + "/*", ServingModel.FileName),
        new StageInput(StageNames.Rank, BalanceReport.FileName, RankReport.FileName),
        .. ReviewsStep.ForRanking(HasReviews),
    ];

    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Sweep), sweep), (nameof(PipelineOptions.Diversify), diversify),
        (nameof(PipelineOptions.Materialize), new { materialize.AllowSeen, materialize.AllowDisliked }),
        (nameof(PipelineOptions.Evaluate), new { Cutoff = evaluate.Cutoffs[0], evaluate.Replicates, evaluate.UsersWithoutHistory }));

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.HoldOut))!;
        if (ServingModel.Load(work.Input(StageNames.Train, ServingModel.FileName)) is { Measurable: false })
        {
            throw new RunFailedException(
                "the serving model was trained elsewhere on everything, so a sweep has nothing honest to measure; expected Train:Imported:HoldOut, "
                + "factors trained on what lies before the hold-out's cut");
        }
        var catalog = EmbedStep.Catalog(work);
        var settings = sweep.Settings(
            RankStep.Serving(diversify, work), CategoryMixes.Of(catalog, IngestArtifacts.ReadHoldOut(ingest).Train.ByUser) is not null);
        var (model, evaluation) = Measure(work, IngestArtifacts.ReadHoldOut(ingest), catalog, settings);
        int users = evaluation.Sizes.FirstOrDefault(s => s.Slice == Slices.New)?.Users ?? 0;
        if (users == 0)
        {
            throw new RunFailedException(
                "nobody in the hold-out bought anything new to them, so there is nothing to measure a sweep by; "
                + "expected at least one such user, see Ingest:HoldOut");
        }
        var samples = new SweepSamples(sweep.Samples, diversify, materialize).Of(work, catalog, settings);
        var report = new SweepReport(
            model, evaluate.Cutoffs[0], users, [.. settings.Select((s, i) => Point(s, i == 0, evaluation))], samples.Samples, samples.Titles);
        report.Save(work.Output(SweepReport.FileName));
        foreach (var point in report.Points)
            foreach (string name in (string[])["ndcg", "ild", "coverage"])
                if (point.Figures.TryGetValue(name, out var figure))
                    work.Context.Progress.Metric($"sweep.{point.Name}.{name}@{report.Cutoff.ToString(CultureInfo.InvariantCulture)}", figure.Value);
        return Task.CompletedTask;
    }

    private (string Model, EvaluationReport Report) Measure(StageWork work, HoldOut holdOut, Catalog catalog, IReadOnlyList<DiversitySetting> settings)
    {
        // The serving model is the first in the order of names.
        var model = TrainedModels.Load(new ArtifactReader(work.InputFiles(StageNames.Train, TrainStep.HoldOutFolder + "/")[0]));
        var context = work.Context with { Progress = new StepsAlone(work.Context.Progress) };
        var scorer = model.ScorerFor(holdOut.Train, context);
        var content = EmbedStep.Content(work);
        var space = SimilaritySpace.Of(diversify, model.ItemEmbeddings, content, catalog).Items;
        var measure = new EvaluateOptions
        {
            Cutoffs = [evaluate.Cutoffs[0]],
            AllPairs = false,
            AucUsers = 0,
            OverlapPairs = 0,
            MaxUsers = sweep.MaxUsers,
            Replicates = evaluate.Replicates,
            UsersWithoutHistory = evaluate.UsersWithoutHistory,
        };
        var newItems = IngestArtifacts.ReadNewItems(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.NewItems))!);
        var rules = new ListRules(NewItemLimit.Of(diversify, holdOut.Train, catalog, newItems), holdOut.Train.Seen(), TitlePhrases.Of(catalog.Titles));
        var mixes = CategoryMixes.Of(catalog, holdOut.Train.ByUser);
        var ranking = RankStep.Ranking(work, model, holdOut.Train, holdOut.Train, catalog, content);
        var models = settings.Select(s => new EvaluatedModel(s.Name, scorer)
        {
            ListsOf = ListsOf(s),
            Candidates = diversify.Candidates,
        }).ToArray();
        return (
            model.Algorithm,
            new EvaluateStage(measure).Run(
                new EvaluateInputs(holdOut, models, new ExactRetriever())
                {
                    Embeddings = space,
                    ModelSpace = model.ItemEmbeddings,
                    TextSpace = content.Text,
                    Catalog = catalog,
                },
                context));

        Func<CandidateBlock, RecommendationBlock> ListsOf(DiversitySetting setting)
        {
            var lists = new DiversifyStage(diversify.With(setting), space, catalog, rules, mixes);
            return candidates => lists.Run(ranking(candidates));
        }
    }

    private SweepPoint Point(DiversitySetting setting, bool isCurrent, EvaluationReport report)
    {
        string ending = $"@{evaluate.Cutoffs[0].ToString(CultureInfo.InvariantCulture)}";
        var figures = report.Metrics.Where(m => m.Model == setting.Name && m.Slice == Slices.New && m.Metric.EndsWith(ending, StringComparison.Ordinal))
            .ToDictionary(m => m.Metric[..^ending.Length], m => new SweepFigure(m.Value, m.Low, m.High));
        // A difference is the configured setting less the other; the reader wants the other less the configured.
        var difference = report.Differences.FirstOrDefault(d => d.Baseline == setting.Name && d.Slice == Slices.New && d.Metric == "ndcg" + ending);
        return new SweepPoint(
            setting.Name, setting.Method, setting.Lambda, isCurrent, figures,
            difference is null ? null : new SweepFigure(-difference.Value, -difference.High, -difference.Low));
    }

    /// <summary>Steps and remarks of the measurement; its figures go into the report under other names.</summary>
    private sealed class StepsAlone(IStageProgress progress) : IStageProgress
    {
        public void Step(string step, long done, long total, string unit) => progress.Step("sweep", done, total, "settings");

        public void Metric(string name, double value)
        {
        }

        public void Note(string message) => progress.Note(message);
    }
}
