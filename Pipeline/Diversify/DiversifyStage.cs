using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Candidates to lists. Relevance is the candidate's score scaled per user: the best candidate is 1, the last of the M is 0 (all 1 where they are equal), so
/// lambda weighs the same for every user and model. With lambda 0 or <see cref="DiversifierCatalog.None"/>, and <see cref="DiversifyOptions.DistinctText"/>
/// off, a list is the first N candidates exactly. Reasons are left to the stage that explains.
/// </summary>
internal sealed class DiversifyStage
{
    private readonly DiversifyOptions _options;
    private readonly IDiversifier _diversifier;
    private readonly CandidateFilter _filter;
    private readonly IListConstraints? _constraints;
    private readonly bool _keepsReserve;
    private PolicyAssignment? _assignment;
    private IDiversifier[] _arms = [];

    /// <param name="embeddings">What similarity is taken from; without it the list is by relevance alone.</param>
    /// <param name="catalog">Whose products <see cref="DiversifyOptions.DistinctText"/> and variants go by; null leaves these options without effect.</param>
    /// <param name="mixes">What calibration goes by; without it that is without effect.</param>
    /// <exception cref="ArgumentException">The options state no setting.</exception>
    public DiversifyStage(
        DiversifyOptions options, EmbeddingTable? embeddings, Catalog? catalog = null, ListRules? rules = null, CategoryMixes? mixes = null)
    {
        _options = options;
        _constraints = rules?.Constraints;
        _keepsReserve = rules?.KeepsReserve == true;
        var setting = options.Stated ?? throw new ArgumentException("no setting was chosen yet", nameof(options));
        _diversifier = DiversifierCatalog.Create(setting.Method, embeddings, mixes, setting.Lambda, options.LambdaByTaste, options.Window);
        _filter = new CandidateFilter(options, catalog, rules ?? ListRules.None);
    }

    /// <summary>
    /// The same with the lambda that each user draws from a policy. The propensity of a list's entries is then the probability of that draw, P(arm | context):
    /// see <see cref="RecommendationBlock.Propensity"/>.
    /// </summary>
    /// <param name="embeddings">What similarity is taken from.</param>
    public static DiversifyStage Exploring(
        DiversifyOptions options, EmbeddingTable? embeddings, Catalog? catalog, PolicyAssignment assignment, ListRules? rules = null,
        CategoryMixes? mixes = null) =>
        new(options, embeddings, catalog, rules, mixes)
        {
            _assignment = assignment,
            _arms = [.. assignment.Policy.Arms.Select(
                lambda => DiversifierCatalog.Create(options.Stated!.Method, embeddings, mixes, lambda, options.LambdaByTaste, options.Window))],
        };

    /// <summary>Safe to call from many threads; a user's list does not depend on its block.</summary>
    public RecommendationBlock Run(CandidateBlock candidates)
    {
        int users = candidates.Users.Length;
        var offsets = new int[users + 1];
        int room = 0;
        for (int u = 0; u < users; u++) room += Math.Min(_options.ListLength, candidates.Counts[u]);
        var items = new int[room];
        var scores = new float[room];
        var relevance = new float[room];
        var gain = new float[room];
        var sources = new CandidateSource[room];
        var propensity = new float[room];
        propensity.AsSpan().Fill(1);
        var list = new ListEntry[_options.ListLength];
        var kept = new int[candidates.Depth];
        var seen = new CandidateFilter.Seen();
        var keptItems = new int[candidates.Depth];
        var keptRelevance = new float[candidates.Depth];
        var ruled = RuledEntries.Of(_constraints, room);
        var reserve = _keepsReserve ? new ReserveEntries(users, _options.ListLength, _constraints) : null;
        var rest = new float[_keepsReserve ? candidates.Depth : 0];
        int at = 0;
        for (int u = 0; u < users; u++)
        {
            int user = candidates.Users[u];
            int count = _filter.Keep(user, candidates.ItemsOf(u), seen, kept, _constraints?.Named(user));
            Scale(candidates.ScoresOf(u), candidates.Own?[u] ?? candidates.Counts[u], kept.AsSpan(0, count), keptRelevance, candidates.Scales?[u]);
            for (int k = 0; k < count; k++) keptItems[k] = candidates.ItemsOf(u)[kept[k]];
            var draw = _assignment?.Of(user);
            var diversifier = draw is { } drawn ? _arms[drawn.Arm] : _diversifier;
            var own = keptItems.AsSpan(0, count);
            var ownRelevance = keptRelevance.AsSpan(0, count);
            var selection = _constraints?.Begin(user, own, _options.ListLength, candidates.HasAll(u));
            int length = selection is null && reserve is null
                ? diversifier.Choose(user, own, ownRelevance, list)
                : diversifier.Choose(user, own, ownRelevance, list, selection, rest.AsSpan(0, reserve is null ? 0 : count));
            ruled?.Add(u, at, list.AsSpan(0, length), selection);
            reserve?.Add(candidates, u, kept, own, ownRelevance, rest, list.AsSpan(0, length));
            if (draw is not null) propensity.AsSpan(at, length).Fill(draw.Value.Propensity);
            foreach (var entry in list.AsSpan(0, length))
            {
                items[at] = keptItems[entry.Position];
                scores[at] = entry.Score;
                relevance[at] = entry.Relevance;
                gain[at] = entry.DiversityGain;
                sources[at] = ruled?.PlacedBy[at] > 0 ? CandidateSource.Promoted : candidates.Sources[u * candidates.Depth + kept[entry.Position]];
                at++;
            }
            offsets[u + 1] = at;
        }
        var reasonItems = new int[at * RecommendationBlock.MaxReasonItems];
        reasonItems.AsSpan().Fill(-1);
        var reasons = new ReasonCode[at];
        reasons.AsSpan().Fill(ReasonCode.Popular);
        return new RecommendationBlock
        {
            Users = candidates.Users,
            Offsets = offsets,
            Items = items[..at],
            Scores = scores[..at],
            Relevance = relevance[..at],
            DiversityGain = gain[..at],
            Reasons = reasons,
            ReasonItems = reasonItems,
            Sources = sources[..at],
            Propensity = propensity[..at],
            PlacedBy = ruled?.PlacedBy[..at],
            Rules = _constraints?.Names ?? [],
            Yielded = ruled?.Yielded,
            Ranked = candidates.Ranked,
            Reserve = reserve?.Finish(),
        };
    }

    /// <param name="own">The first of the scores, which set the scale: what rules asked for beyond them is worth as much as the last of them.</param>
    /// <param name="scale">The scores that set the scale, where they are not of the first and the last.</param>
    private static void Scale(ReadOnlySpan<float> scores, int own, ReadOnlySpan<int> kept, Span<float> relevance, (float High, float Low)? scale)
    {
        if (kept.IsEmpty) return;
        double last = scale?.Low ?? (own == 0 ? double.NaN : scores[own - 1]);
        double range = (scale?.High ?? scores[0]) - last;
        for (int k = 0; k < kept.Length; k++)
        {
            relevance[k] = own == 0 ? 0
                : kept[k] >= own ? range > 0 ? 0 : scores[kept[k]] < last ? 0 : 1
                : range > 0 && double.IsFinite(range) ? (float)((scores[kept[k]] - last) / range) : 1;
        }
    }
}
