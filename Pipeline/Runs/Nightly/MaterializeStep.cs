using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Explain;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Tables;
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

    /// <summary>The user table, which names segments; null where there is none.</summary>
    public UserSourceOptions? Users { get; init; }

    /// <summary>Whether a user table names segments, each of which gets a list for its newcomers.</summary>
    public bool HasSegments => Users is not null;

    /// <summary>Whether the night reads reviews, which a ranker hears of.</summary>
    public bool HasReviews { get; init; }

    /// <summary>Whether the night foretells what will sell, by which limits of stock may go.</summary>
    public bool HasForecast { get; init; }

    /// <summary>Decides by which policy users draw how their lists are made.</summary>
    public CurrentPolicy? Policy { get; init; }

    /// <summary>The shop's rules; null: there are none.</summary>
    public NightRules? Rules { get; init; }

    /// <summary>Whose lists are not personal; null: everybody's are.</summary>
    public Lazy<ControlGroup>? Control { get; init; }

    /// <summary>What lists owe to what was shown before; null: nothing.</summary>
    public ListFreshness? Freshness { get; init; }

    public string Name => StageNames.Materialize;

    public string CodeVersion => "4";

    public bool Resumable => true;

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest,
            [
                IngestArtifacts.Interactions, IngestArtifacts.Users, IngestArtifacts.Catalog, IngestArtifacts.NewItems,
                .. UserColumns.Inputs(Users),
                .. options.Season.Enabled ? [IngestArtifacts.Purchases] : Array.Empty<string>(),
                .. privacy.Epsilon is not null && Rules?.Any != true ? [IngestArtifacts.Items] : Array.Empty<string>(),
                .. Rules?.Inputs() ?? [],
                .. Rules?.Any != true && privacy.Epsilon is null ? Freshness?.Inputs() ?? [] : [],
            ]),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, TrainStep.Serving),
        new StageInput(StageNames.Rank, BalanceReport.FileName, RankReport.FileName),
        .. ReviewsStep.ForRanking(HasReviews),
        .. HasForecast && Rules?.Any == true ? [ForecastStep.Tables] : Array.Empty<StageInput>(),
    ];

    public JsonNode? Options
    {
        get
        {
            (string, object)[] sections =
                [(nameof(PipelineOptions.Materialize), options), (nameof(PipelineOptions.Diversify), diversify), (nameof(PipelineOptions.Explain), explain)];
            if (Rules is { Any: true } rules) sections = [.. sections, (nameof(PipelineOptions.Rules), rules.ForHash())];
            return OptionSections.Of(privacy.MinCustomers > 1 || privacy.Epsilon is not null
                ? [.. sections, (nameof(PipelineOptions.Privacy), PrivacyBudget.Options(privacy))]
                : sections);
        }
    }

    /// <summary>What was learned lies outside of the night, and so do the shop's rules.</summary>
    public IReadOnlyDictionary<string, string> Sources()
    {
        var sources = new Dictionary<string, string>(Rules?.Sources() ?? [], StringComparer.Ordinal);
        if (diversify.Explore.Enabled && Policy is not null) sources["diversity policy"] = Policy.Tonight.Id();
        if (DrawnControl.Identity(Control) is { } drawn) sources[DrawnControl.Source] = drawn;
        foreach (var (name, hash) in Freshness?.Sources() ?? []) sources[name] = hash;
        return sources;
    }

    public async Task RunAsync(StageWork work)
    {
        // Before anything is made: a worker on another host finds the policy here.
        if (diversify.Explore.Enabled) Policy!.Write(work);
        Rules?.Write(work);
        Freshness?.Write(work);
        if (Control is not null)
            DrawnControl.Write(work, Control, IngestArtifacts.ReadUsers(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Users))!));
        var opened = Open(work);
        if (opened.Rules is { } shop) NightRules.Tell(shop, work);
        if (options.Season.Enabled && opened.Season is null) ItemSeason.Tell(work.Context);
        Directory.CreateDirectory(work.Output(opened.Allocated is null ? ListBlocks.Folder : AllocatedLists.Drafts));
        opened.Defaults().Save(work.Output, HasSegments);
        if (Shards is not null) await Shards.RunAsync(work, opened.Blocks).ConfigureAwait(false);
        // Blocks that are there stay: after shards this looks that none is missing or corrupt.
        opened.Blocks.Run(0, opened.Blocks.Count, work.Folder, scratch: null, work.Context);
        long began = work.Context.Time.GetTimestamp();
        var allocation = opened.Allocated?.Run(work, opened.Blocks.Count);
        var took = work.Context.Time.GetElapsedTime(began);
        if (opened.Rules is not null)
        {
            var moment = opened.Moment;
            var costs = opened.Costs?.Run(moment, work.Context.Cancellation) ?? [];
            new RulesOutcome(opened.Rules, moment).Write(
                work, Enumerable.Range(0, opened.Blocks.Count).Select(b => work.Output(ListBlocks.FileOf(b))), opened.Allocated?.Accounts, allocation,
                costs, took);
            work.Facts[NightRules.Fact] = Rules!.Identity(opened.Rules);
            AllocatedLists.Clear(work);
        }
        work.Context.Progress.Metric("materialize.users", opened.Blocks.Users);
    }

    /// <summary>Loads what lists are made from; on another host than the run's, from the run's artifacts on the shared path.</summary>
    /// <param name="only">Whose lists are made, in the order of their ids; null: everybody's who has a history.</param>
    /// <param name="lists">Lists of the whole version, where others than those are kept.</param>
    public OpenedLists Open(StageWork work, int[]? only = null, int? lists = null)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        // A user who came after the model was trained has a segment all the same.
        var interactions = IngestArtifacts.ReadInteractions(ingest).WithUsers(UserColumns.Read(Users, ingest));
        var catalog = EmbedStep.Catalog(work);
        var users = only ?? UserOrder.WithHistory(interactions, IngestArtifacts.ReadUsers(ingest));
        var model = CatalogModel.Load(work.Input(StageNames.Train, TrainStep.Serving), catalog.Items);
        var history = model.HistoryOf(interactions, only);
        var scorer = model.Trained.ScorerFor(history, work.Context);
        var content = EmbedStep.Content(work);
        var similarity = SimilaritySpace.Of(diversify, model.ItemEmbeddings, content, catalog);
        var space = similarity.Items;
        var shop = Rules?.Open(work, catalog, interactions);
        var accounts = shop is null ? null : new Accounts(shop, catalog.Available, lists ?? users.Length, diversify.ListLength);
        bool allocates = accounts?.All.Count > 0;
        var rules = new ListRules(
            NewItemLimit.Of(diversify, interactions, catalog, IngestArtifacts.ReadNewItems(ingest)), options.Excluded(history),
            TitlePhrases.Of(catalog.Titles))
        {
            Constraints = shop,
            KeepsReserve = allocates,
        };
        var mixes = CategoryMixes.Of(catalog, history.ByUser);
        var serving = RankStep.Serving(diversify, work);
        if (diversify.Explore.Enabled) CurrentPolicy.CheckWorks(serving.Stated!.Method, space, mixes);
        var chosen = Lists(rules);

        var request = new RetrievalRequest(diversify.Candidates, rules.Excluded, model.Listable(catalog.Available))
        {
            Users = users.Length,
            Threads = work.Context.Threads,
        };
        var ruled = shop is null ? null : new RuledCandidates(scorer, request, shop, diversify.ListLength);
        var retrieval = shop is null ? new ExactRetriever().Open(scorer, request) : null;
        var ranking = RankStep.Ranking(work, model.Trained, history, interactions, catalog, content, keepsRows: true);
        var season = options.Season.Enabled ? ItemSeason.Of(IngestArtifacts.ReadPurchases(ingest), catalog, options.Season) : null;
        if (season is not null) ranking = season.After(ranking);
        if (Freshness is not null) ranking = Freshness.Tired(work, ranking);
        var stable = Freshness?.Stable(work);
        var control = Control is null ? null : Controls();
        var reasons = new ExplainStage(scorer, history, model.ItemEmbeddings, explain) { Text = content.Text };
        var features = RankStep.Reasons(work, explain.MinShare);
        return new OpenedLists(new BlockMaker(users, options.BlockUsers, Make) { FileOf = allocates ? AllocatedLists.DraftOf : ListBlocks.FileOf }, Newcomers)
        {
            Rules = shop,
            Season = season,
            Moment = Rules?.Moment(interactions),
            Allocated = allocates ? new AllocatedLists(shop!, Rules!.Options, accounts!, Explain) : null,
            Costs = shop is null || Rules!.Options.CostUsers == 0 ? null : new RuleCosts(
                Spaced(users, Rules.Options.CostUsers), shop, new ExactRetriever().Open(scorer, request with { Users = 0 }).Retrieve, set => Under(set)),
        };

        DiversifyStage Lists(ListRules under) => diversify.Explore.Enabled
            ? DiversifyStage.Exploring(
                serving, space, catalog,
                CurrentPolicy.Assignment(work.Output(DiversityPolicy.FileName), IngestArtifacts.ReadUsers(ingest), interactions), under,
                mixes)
            : new DiversifyStage(serving, space, catalog, under, mixes);

        Func<int[], (CandidateBlock, RecommendationBlock)> Under(RuleSet set)
        {
            var under = rules with { Constraints = set, KeepsReserve = false };
            var (candidates, made) = (new RuledCandidates(scorer, request, set, diversify.ListLength), Lists(under));
            return members =>
            {
                // On the model's own scale: a ranker's scores of few do not compare with those of others.
                var found = candidates.Retrieve(members);
                return (found, made.Run(ranking(found)));
            };
        }

        DefaultLists Newcomers()
        {
            string?[]? segments = HasSegments ? IngestArtifacts.ReadSegments(ingest) : null;
            var bySegment = shop is null ? null : new SegmentRules(
                shop.For([.. DefaultLists.Names(segments).Select(n => n == DefaultLists.All ? null : n)], Rules!.Moment(interactions)));
            var forNewcomers = new DiversifyStage(
                ForNewcomers(serving, similarity), space, catalog, new ListRules(privacy.Epsilon is null ? rules.NewItems : null, null, rules.Phrases)
                {
                    Constraints = bySegment?.Constraints,
                });
            if (privacy.Epsilon is null)
                return DefaultLists.Of(interactions, catalog.Available, forNewcomers, diversify.Candidates, segments, privacy.MinCustomers, bySegment);
            var budget = new PrivacyBudget(privacy, output, work);
            var clipped = budget.Counts.Clipped(interactions, NoisyCounts.Ties(IngestArtifacts.ReadItems(ingest)));
            long stream = 1;
            budget.Spend(releases: 2, work);
            return DefaultLists.Of(
                Noisy, (interactions.Users, interactions.Items), catalog.Available, forNewcomers, diversify.Candidates, segments, bySegment);

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
            var made = control is null ? Personal(members) : control.Make(members, Personal);
            Explain(made);
            return made;
        }

        void Explain(RecommendationBlock made, bool[]? only = null)
        {
            reasons.Run(made, only);
            features?.Run(made, only);
        }

        RecommendationBlock Personal(int[] members)
        {
            if (ruled is not null) return MakeRuled(members, ruled, chosen, ranking, stable);
            var candidates = ranking(retrieval!.Retrieve(members));
            var made = chosen.Run(candidates);
            return stable is null ? made : stable.Hold(candidates, made, chosen.Run);
        }

        ControlLists Controls()
        {
            var (popular, plain) = (ControlLists.Scorer(model.HistoryOf(interactions, null), model.Known, work.Context), Plain());
            Func<int[], RecommendationBlock> lists;
            if (shop is null)
            {
                var found = new ExactRetriever().Open(popular, request);
                lists = members => plain.Run(found.Retrieve(members));
            }
            else
            {
                var found = new RuledCandidates(popular, request, shop, diversify.ListLength);
                lists = members => MakeRuled(members, found, plain, candidates => candidates, null);
            }
            return new ControlLists(DrawnControl.Read(work), lists);
        }

        DiversifyStage Plain() => new(diversify.With(DiversitySetting.Plain), null, catalog, rules);

        RecommendationBlock MakeRuled(
            int[] members, RuledCandidates found, DiversifyStage lists, Func<CandidateBlock, CandidateBlock> rank, StableLists? held)
        {
            var candidates = rank(found.Retrieve(members));
            var made = lists.Run(candidates);
            int[] brief = RuledCandidates.Short(made, candidates, diversify.ListLength);
            if (brief.Length == 0) return held is null ? made : held.Hold(candidates, made, lists.Run);
            var deeper = lists.Run(rank(found.RetrieveDeep([.. brief.Select(u => members[u])])));
            var all = GatheredLists.Of(members, [.. Enumerable.Range(0, members.Length).Select(u =>
                Array.BinarySearch(brief, u) is >= 0 and var at ? (deeper, at) : (made, u))]);
            return held is null ? all : held.Hold(candidates, all, lists.Run);
        }
    }

    private static int[] Spaced(int[] users, int count) =>
        users.Length <= count ? users : [.. Enumerable.Range(0, count).Select(n => users[(long)n * users.Length / count])];
}
