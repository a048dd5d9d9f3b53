using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Explain;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Balance;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Materialize in the night: a list for every user with history, in blocks that a killed run keeps, and one a segment for those without.
/// </summary>
/// <param name="output">The output folder, whose key noise is drawn under.</param>
internal sealed class MaterializeStep(
    MaterializeOptions options, DiversifyOptions diversify, ExplainOptions explain, PrivacyOptions privacy, string output) : IRunStage
{
    /// <summary>Shares the blocks with other hosts; null makes all of them here.</summary>
    public ShardCoordinator? Shards { get; init; }

    /// <summary>Whether a user table names segments, each of which gets a list for its newcomers.</summary>
    public bool HasSegments { get; init; }

    /// <summary>Decides by which policy users draw how their lists are made.</summary>
    public CurrentPolicy? Policy { get; init; }

    public string Name => StageNames.Materialize;

    public string CodeVersion => "3";

    public bool Resumable => true;

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest,
            [
                IngestArtifacts.Interactions, IngestArtifacts.Users, IngestArtifacts.Catalog, IngestArtifacts.NewItems,
                .. HasSegments ? [IngestArtifacts.Segments] : Array.Empty<string>(),
                .. privacy.Epsilon is not null ? [IngestArtifacts.Items] : Array.Empty<string>(),
            ]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, TrainStep.Serving),
        new StageInput(StageNames.Rank, BalanceReport.FileName, RankReport.FileName),
    ];

    public JsonNode? Options
    {
        get
        {
            (string, object)[] sections =
                [(nameof(PipelineOptions.Materialize), options), (nameof(PipelineOptions.Diversify), diversify), (nameof(PipelineOptions.Explain), explain)];
            return OptionSections.Of(privacy.MinCustomers > 1 || privacy.Epsilon is not null
                ? [.. sections, (nameof(PipelineOptions.Privacy), PrivacyBudget.Options(privacy))]
                : sections);
        }
    }

    /// <summary>What was learned lies outside of the night.</summary>
    public IReadOnlyDictionary<string, string> Sources() =>
        diversify.Explore.Enabled && Policy is not null
            ? new Dictionary<string, string> { ["diversity policy"] = Policy.Tonight.Id() }
            : System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    public async Task RunAsync(StageWork work)
    {
        // Before anything is made: a worker on another host finds the policy here.
        if (diversify.Explore.Enabled) Policy!.Write(work);
        var opened = Open(work);
        Directory.CreateDirectory(work.Output(ListBlocks.Folder));
        opened.Defaults().Save(work.Output, HasSegments);
        if (Shards is not null) await Shards.RunAsync(work, opened.Blocks).ConfigureAwait(false);
        // Blocks that are there stay: after shards this looks that none is missing or corrupt.
        opened.Blocks.Run(0, opened.Blocks.Count, work.Folder, scratch: null, work.Context);
        work.Context.Progress.Metric("materialize.users", opened.Blocks.Users);
    }

    /// <summary>Loads what lists are made from; on another host than the run's, from the run's artifacts on the shared path.</summary>
    /// <param name="only">Whose lists are made, in the order of their ids; null: everybody's who has a history.</param>
    public (BlockMaker Blocks, Func<DefaultLists> Defaults) Open(StageWork work, int[]? only = null)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        var interactions = IngestArtifacts.ReadInteractions(ingest);
        var catalog = EmbedStep.Catalog(work);
        var users = only ?? UserOrder.WithHistory(interactions, IngestArtifacts.ReadUsers(ingest));
        var model = CatalogModel.Load(work.Input(StageNames.Train, TrainStep.Serving), catalog.Items);
        var history = model.HistoryOf(interactions, only);
        var scorer = model.Trained.ScorerFor(history, work.Context);
        var content = EmbedStep.Content(work);
        var similarity = SimilaritySpace.Of(diversify, model.ItemEmbeddings, content, catalog.Available);
        var space = similarity.Items;
        var rules = new ListRules(
            NewItemLimit.Of(diversify, interactions, catalog, IngestArtifacts.ReadNewItems(ingest)), options.Excluded(history),
            TitlePhrases.Of(catalog.Titles));
        var mixes = CategoryMixes.Of(catalog, history.ByUser);
        var serving = RankStep.Serving(diversify, work);
        if (diversify.Explore.Enabled) CurrentPolicy.CheckWorks(serving.Stated!.Method, space, mixes);
        var lists = diversify.Explore.Enabled
            ? DiversifyStage.Exploring(
                serving, space, catalog,
                CurrentPolicy.Assignment(work.Output(DiversityPolicy.FileName), IngestArtifacts.ReadUsers(ingest), interactions), rules,
                mixes)
            : new DiversifyStage(serving, space, catalog, rules, mixes);

        var retrieval = new ExactRetriever().Open(scorer, new RetrievalRequest(diversify.Candidates, rules.Excluded, model.Listable(catalog.Available)));
        var ranking = RankStep.Ranking(work, model.Trained, history, interactions, catalog, content);
        var reasons = new ExplainStage(scorer, history, model.ItemEmbeddings, explain) { Text = content.Text };
        return (new BlockMaker(users, options.BlockUsers, Make), Newcomers);

        DefaultLists Newcomers()
        {
            var forNewcomers = new DiversifyStage(
                ForNewcomers(serving, similarity), space, catalog, new ListRules(privacy.Epsilon is null ? rules.NewItems : null, null, rules.Phrases));
            string?[]? segments = HasSegments ? IngestArtifacts.ReadSegments(ingest) : null;
            if (privacy.Epsilon is null)
                return DefaultLists.Of(interactions, catalog.Available, forNewcomers, diversify.Candidates, segments, privacy.MinCustomers);
            var budget = new PrivacyBudget(privacy, output, work);
            var clipped = budget.Counts.Clipped(interactions, NoisyCounts.Ties(IngestArtifacts.ReadItems(ingest)));
            long stream = 1;
            budget.Spend(releases: 2, work);
            return DefaultLists.Of(
                Noisy, (interactions.Users, interactions.Items), catalog.Available, forNewcomers, diversify.Candidates, segments);

            void Noisy(IEnumerable<int> users, double[] counts)
            {
                budget.Counts.Items(clipped, users, counts, stream++);
                foreach (ref double count in counts.AsSpan()) count = count >= privacy.MinCustomers ? count : 0;
            }
        }

        DiversifyOptions ForNewcomers(DiversifyOptions chosen, SimilaritySpace space) =>
            // What the model or a window says of customers has no noise: counts with noise are diversified by text, or not at all.
            privacy.Epsilon is not null ? chosen.With(space.Name == SimilaritySpace.Text ? DiversifyOptions.Usual : DiversitySetting.Plain)
            // Whoever gets the defaults has nothing yet, so no mix of their own.
            : chosen.Stated!.Method == DiversifierCatalog.None || DiversifierCatalog.Works(chosen.Stated.Method, space.Items, mixes: null) ? chosen
            : chosen.With(DiversifyOptions.Usual);

        RecommendationBlock Make(int[] members)
        {
            var made = lists.Run(ranking(retrieval.Retrieve(members)));
            reasons.Run(made);
            return made;
        }
    }
}
