using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Evaluate in the night: the hold-out's models against each other and against the published version, and the model gate. The serving model is measured twice,
/// as it ranks and as its lists are published, so that what diversity costs in accuracy and brings in distance stands beside each other.
/// </summary>
internal sealed class EvaluateStep(EvaluateOptions options, DiversifyOptions diversify, IngestOptions ingest, IOutputStore published) : IRunStage
{
    public const string Diversified = EvaluatedModel.Lists;

    /// <summary>The serving model's lists in the ranker's order, not diversified.</summary>
    public const string Ranked = "ranked";

    private static readonly string[] Compared = ["ndcg", "recall", "hit", "coverage", "ild", "novelty", "gini"];

    /// <summary>Whether the night reads reviews, which a ranker hears of.</summary>
    public bool HasReviews { get; init; }

    public string Name => StageNames.Evaluate;

    public string CodeVersion => "7";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest, [IngestArtifacts.HoldOut, IngestArtifacts.Catalog, IngestArtifacts.NewItems, .. EvaluatedGroups.Inputs(ingest)]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, TrainStep.HoldOutFolder + "/*", ServingModel.FileName),
        new StageInput(StageNames.Rank, BalanceReport.FileName, RankReport.FileName),
        .. ReviewsStep.ForRanking(HasReviews),
    ];

    public JsonNode? Options => OptionSections.Of((nameof(PipelineOptions.Evaluate), options), (nameof(PipelineOptions.Diversify), diversify));

    public Task RunAsync(StageWork work)
    {
        string folder = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.HoldOut))!;
        var holdOut = IngestArtifacts.ReadHoldOut(folder);
        var models = work.InputFiles(StageNames.Train, TrainStep.HoldOutFolder + "/").Select(file => TrainedModels.Load(new ArtifactReader(file))).ToArray();
        var serving = ServingModel.Load(work.Input(StageNames.Train, ServingModel.FileName));
        var catalog = EmbedStep.Catalog(work);
        var content = EmbedStep.Content(work);
        var ofServing = serving.Measurable ? models[0].ItemEmbeddings : null;
        var space = SimilaritySpace.Of(diversify, ofServing, content, catalog);
        var ranked = models.Select(m => new EvaluatedModel(m.Algorithm, m.ScorerFor(holdOut.Train, work.Context))).ToList();
        if (serving.Measurable)
        {
            var rules = new ListRules(
                NewItemLimit.Of(diversify, holdOut.Train, catalog, IngestArtifacts.ReadNewItems(folder)), holdOut.Train.Seen(),
                TitlePhrases.Of(catalog.Titles));
            var mixes = CategoryMixes.Of(catalog, holdOut.Train.ByUser);
            var lists = new DiversifyStage(RankStep.Serving(diversify, work), space.Items, catalog, rules, mixes);
            var ranks = RankStep.Ranking(work, models[0], holdOut.Train, holdOut.Train, catalog, content);
            // Both lists are made of the same candidates, which are ranked once.
            var known = new ConditionalWeakTable<CandidateBlock, CandidateBlock>();
            CandidateBlock Ranking(CandidateBlock candidates) => known.GetValue(candidates, c => ranks(c));
            if (RankReport.Read(work.Input(StageNames.Rank, RankReport.FileName)).Ranker is not null)
            {
                var plain = new DiversifyStage(diversify.With(DiversitySetting.Plain), null, catalog, rules);
                ranked.Add(new EvaluatedModel(Ranked, ranked[0].Scorer) { ListsOf = c => plain.Run(Ranking(c)), Candidates = diversify.Candidates });
            }
            ranked.Add(new EvaluatedModel(Diversified, ranked[0].Scorer) { ListsOf = c => lists.Run(Ranking(c)), Candidates = diversify.Candidates });
        }
        var report = new EvaluateStage(options).Run(
            new EvaluateInputs(holdOut, ranked, new ExactRetriever())
            {
                Embeddings = space.Items,
                RatingModels = RatingModels.Of(models, holdOut.Train, work.Context),
                ModelSpace = ofServing,
                TextSpace = content.Text,
                Catalog = catalog,
                ItemGroups = EvaluatedGroups.OfItems(ingest, folder, catalog),
                UserGroups = EvaluatedGroups.OfUsers(ingest, folder),
            },
            work.Context);
        // What stands first is a baseline then, and no figure of it may pass for the serving model's.
        if (!serving.Measurable) report = report with { Serving = serving.Algorithm, Differences = [] };
        EvaluationFile.Write(work.Output(EvaluationFile.Name), report);
        NoteIntervals(work, report);
        var last = published.Current is { } current ? published.Find(current)?.Metrics : null;
        if (serving.Measurable) work.Check(ModelGate.Check(report, options, last, serving.Parts));
        work.Check(ImportedGate.Check(serving));
        return Task.CompletedTask;
    }

    /// <summary>
    /// The ledger keeps the 95% intervals of what nights are compared by, as <c>model.slice.metric.low</c> and <c>.high</c>: whether one night is better than
    /// another is not told by two figures alone, and the report goes with the run's folder.
    /// </summary>
    private static void NoteIntervals(StageWork work, EvaluationReport report)
    {
        string model = report.Metrics.Any(m => m.Model == Diversified) ? Diversified : report.Serving;
        foreach (var m in report.Metrics.Where(m => m.Model == model && m.Slice == Slices.New && Compared.Contains(m.Metric.Split('@')[0])))
        {
            work.Context.Progress.Metric($"{m.Model}.{m.Slice}.{m.Metric}.low", m.Low);
            work.Context.Progress.Metric($"{m.Model}.{m.Slice}.{m.Metric}.high", m.High);
        }
    }
}
