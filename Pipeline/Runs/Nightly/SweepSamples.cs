using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Lists of a few real users under every setting of a sweep, as the serving model would make them tonight.</summary>
internal sealed class SweepSamples(int count, DiversifyOptions diversify, MaterializeOptions materialize)
{
    private const int HistoryKept = 12;

    public (IReadOnlyList<SweepSample> Samples, IReadOnlyDictionary<string, string> Titles) Of(
        StageWork work, Catalog catalog, IReadOnlyList<DiversitySetting> settings)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Interactions))!;
        var interactions = IngestArtifacts.ReadInteractions(ingest);
        var users = Choose(interactions.ByUser);
        var titles = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (users.Length == 0) return ([], titles);
        var (userIds, itemIds) = (IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest));
        var model = TrainedModels.Load(new ArtifactReader(work.Input(StageNames.Train, TrainStep.Serving)));
        var excluded = materialize.Excluded(interactions);
        var retrieval = new ExactRetriever().Open(
            model.ScorerFor(interactions, work.Context), new RetrievalRequest(diversify.Candidates, excluded, catalog.Available));
        var candidates = RankStep.Ranking(work, model, interactions, interactions, catalog, EmbedStep.Content(work))(retrieval.Retrieve(users));
        var space = SimilaritySpace.Of(diversify, model.ItemEmbeddings, EmbedStep.Content(work), catalog).Items;
        var rules = new ListRules(
            NewItemLimit.Of(diversify, interactions, catalog, IngestArtifacts.ReadNewItems(ingest)), excluded, TitlePhrases.Of(catalog.Titles));
        var mixes = CategoryMixes.Of(catalog, interactions.ByUser);
        var blocks = settings.Select(s => new DiversifyStage(diversify.With(s), space, catalog, rules, mixes).Run(candidates)).ToArray();
        var samples = users.Select((user, at) => new SweepSample(
            userIds.Text(user), interactions.ByUser.RowLength(user), Named(Latest(interactions, user)),
            [.. blocks.Select(b => Named(b.Items.AsSpan(b.Offsets[at], b.Offsets[at + 1] - b.Offsets[at]).ToArray()))])).ToArray();
        return (samples, titles);

        string[] Named(int[] items)
        {
            foreach (int item in items)
                if (catalog.Titles[item] is { } title) titles[itemIds.Text(item)] = title;
            return [.. items.Select(itemIds.Text)];
        }
    }

    /// <summary>Evenly spaced over users with a history, ordered by its length.</summary>
    private int[] Choose(SparseRows rows)
    {
        int[] users = [.. Enumerable.Range(0, rows.Rows).Where(u => rows.RowLength(u) > 0).OrderBy(rows.RowLength).ThenBy(u => u)];
        return [.. Enumerable.Range(0, Math.Min(count, users.Length)).Select(i => users[(int)((i + 0.5) / Math.Min(count, users.Length) * users.Length)])];
    }

    private static int[] Latest(InteractionMatrix interactions, int user)
    {
        int first = interactions.ByUser.Pointers[user];
        return [.. Enumerable.Range(first, interactions.ByUser.RowLength(user))
            .OrderByDescending(k => interactions.LastSeen?[k] ?? 0).ThenByDescending(k => interactions.ByUser.Values[k]).ThenBy(k => k)
            .Take(HistoryKept).Select(k => interactions.ByUser.Indices[k])];
    }
}
