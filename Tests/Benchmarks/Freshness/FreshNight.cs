using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Constrain.Allocation;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Benchmarks.Freshness;

/// <summary>
/// A night over what was bought before some second: EASE, 100 candidates, lists of twenty by MMR with .2 in the space of texts. Users without a purchase by
/// then have no list.
/// </summary>
internal sealed class FreshNight
{
    private const int Depth = 100, Length = 20;

    private readonly Catalog _catalog;
    private readonly EmbeddingTable? _text;
    private readonly IBlockScorer _scorer;
    private readonly RetrievalRequest _request;
    private readonly CandidateBlock[] _found;

    public FreshNight(PlaceInputs shop, uint cut, int threads)
    {
        (_catalog, _text) = (shop.Catalog, shop.Text);
        Before = shop.Purchases.Before(cut);
        Histories = PairsOf(Before, _catalog.Items);
        Users = [.. Enumerable.Range(0, Before.Users).Where(u => Histories.RowLength(u) > 0)];
        var matrix = new InteractionMatrix(Histories);
        var context = StageContext.Quiet(threads);
        _scorer = new EaseTrainer(new EaseOptions()).Train(matrix, context).ScorerFor(matrix, context);
        Listable = [.. Before.CustomersByItem(_catalog.Items).Select(n => n > 0)];
        _request = new RetrievalRequest(Depth, Histories, Listable);
        var session = new ExactRetriever().Open(_scorer, _request);
        _found = [.. Users.Chunk(CandidateBlock.MaxUsers).Select(session.Retrieve)];
    }

    public PurchaseLog Before { get; }

    public SparseRows Histories { get; }

    public int[] Users { get; }

    public bool[] Listable { get; }

    /// <summary>By user; null where a user has no list.</summary>
    public int[]?[] Lists(Func<CandidateBlock, CandidateBlock>? ranking = null, StableLists? held = null)
    {
        var stage = Stage(null);
        var lists = new int[]?[Before.Users];
        foreach (var found in _found)
        {
            var candidates = ranking is null ? found : ranking(found);
            var made = stage.Run(candidates);
            Take(held is null ? made : held.Hold(candidates, made, stage.Run), lists);
        }
        return lists;
    }

    /// <summary>Lists under rules of which some hold over all of them, by the allocation of a night.</summary>
    public int[]?[] Allocated(RuleSet rules)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-fresh-").FullName;
        try
        {
            var stage = Stage(rules);
            var candidates = new RuledCandidates(_scorer, _request, rules, Length);
            RecommendationBlock[] drafts = [.. Users.Chunk(CandidateBlock.MaxUsers).Select(users => stage.Run(candidates.Retrieve(users)))];
            string[] files = [.. drafts.Select((_, b) => Path.Combine(folder, $"{b}.bin"))];
            for (int b = 0; b < files.Length; b++) AllocationBlock.Of(drafts[b]).Write(files[b]);
            var lists = new int[]?[Before.Users];
            var made = new RecommendationBlock?[drafts.Length];
            new Allocator(rules, new Accounts(rules, Listable, Users.Length, Length), new RulesOptions(), StageContext.Quiet(1)).Run(
                files, null, (b, problem, swapped) => made[b] = SwappedLists.Of(drafts[b], problem, swapped, rules, out _));
            for (int b = 0; b < made.Length; b++) Take(made[b] ?? drafts[b], lists);
            return lists;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private DiversifyStage Stage(RuleSet? rules) => new(
        new DiversifyOptions { Method = MaximalMarginalRelevance.Name, Lambda = 0.2, ListLength = Length, Candidates = Depth }, _text, _catalog,
        new ListRules(null, Histories, TitlePhrases.Of(_catalog.Titles)) { Constraints = rules, KeepsReserve = rules is not null });

    private static void Take(RecommendationBlock made, int[]?[] into)
    {
        for (int u = 0; u < made.Users.Length; u++) into[made.Users[u]] = made.Items[made.Offsets[u]..made.Offsets[u + 1]];
    }

    /// <summary>Each item of a user once.</summary>
    public static SparseRows PairsOf(PurchaseLog log, int items)
    {
        var (pointers, indices) = (new int[log.Users + 1], new List<int>());
        for (int user = 0; user < log.Users; user++)
        {
            indices.AddRange(log.Items[log.Pointers[user]..log.Pointers[user + 1]].Distinct().Order());
            pointers[user + 1] = indices.Count;
        }
        return new SparseRows(log.Users, items, pointers, [.. indices], [.. Enumerable.Repeat(1f, indices.Count)]);
    }
}
