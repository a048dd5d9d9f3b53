using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Candidates under rules: what may not stand on a user's list is none, what a rule places is one whatever its score, and where caps leave a list short there
/// are more. A candidate that a rule asked for has its own score, and stands behind the user's M best.
/// </summary>
internal sealed class RuledCandidates
{
    /// <summary>How much deeper a list is looked for that came out short.</summary>
    private const int Deeper = 8;

    private const int MaxDepth = 10_000;

    private readonly RuleSet _rules;
    private readonly IRetrievalSession _main;
    private readonly Lazy<IRetrievalSession> _deep;
    private readonly (Rule Rule, IRetrievalSession Session, int Depth)[] _asked;
    private readonly int _depth, _deepDepth;

    /// <param name="request">As without rules.</param>
    /// <param name="length">Entries of a list.</param>
    public RuledCandidates(IBlockScorer scorer, RetrievalRequest request, RuleSet rules, int length)
    {
        _rules = rules;
        bool[] allowed = request.Allowed ?? [.. Enumerable.Repeat(true, scorer.Items)];
        if (rules.EverybodyRuledOut is { } never) allowed = [.. allowed.Index().Select(a => a.Item && !never.Contains(a.Index))];
        request = request with { Allowed = allowed, RuledOut = rules.RuledOut };
        _depth = Math.Min(request.Depth, Math.Max(1, scorer.Items));
        _deepDepth = Math.Min(Math.Min(MaxDepth, request.Depth * Deeper), Math.Max(1, scorer.Items));
        _main = new ExactRetriever().Open(scorer, request);
        _deep = new Lazy<IRetrievalSession>(() => new ExactRetriever().Open(scorer, request with { Depth = _deepDepth }));
        _asked =
        [
            .. from rule in rules.Active
               where rule.Places || rule.Kind == RuleKind.Floor
               let items = rules.ItemsOf(rule)
               where items is not null
               let own = allowed.Index().Count(a => a.Item && items.Contains(a.Index))
               where own > 0
               let depth = Math.Min(own, DepthOf(rule, length))
               select (
                   rule,
                   new ExactRetriever().Open(
                       scorer, request with { Depth = depth, Allowed = [.. allowed.Index().Select(a => a.Item && items.Contains(a.Index))] }),
                   depth),
        ];
    }

    public CandidateBlock Retrieve(int[] users) => Extended(_main.Retrieve(users), _depth, isLast: _deepDepth == _depth);

    /// <summary>Members whose list is short and for whom there is more to choose from.</summary>
    public static int[] Short(RecommendationBlock made, CandidateBlock candidates, int length) =>
        [.. Enumerable.Range(0, made.Users.Length).Where(u => made.Offsets[u + 1] - made.Offsets[u] < length && !candidates.HasAll(u))];

    public CandidateBlock RetrieveDeep(int[] users) => Extended(_deep.Value.Retrieve(users), _depth, isLast: true);

    // A promotion needs some to choose from: others may be capped, owned in another code or doubles.
    private static int DepthOf(Rule rule, int length) => rule.Kind switch
    {
        RuleKind.Pin => 64,
        RuleKind.Slot => 8 + 2 * rule.Positions.Count,
        RuleKind.Quota => 8 + 2 * rule.Least,
        _ => Math.Min(length, 10),
    };

    /// <param name="own">Candidates by which relevance is scaled: those of the first retrieval, however deep this one is.</param>
    private CandidateBlock Extended(CandidateBlock found, int own, bool isLast)
    {
        int users = found.Users.Length;
        var blocks = Array.ConvertAll(_asked, a => a.Session.Retrieve(found.Users));
        var all = new CandidateBlock(found.Users, found.Depth + _asked.Sum(a => a.Depth))
        {
            Own = [.. found.Counts.Select(c => Math.Min(c, own))],
            IsLast = isLast,
            Asked = own,
        };
        var more = new List<(int Item, float Score, CandidateSource Source)>();
        var known = new HashSet<int>();
        for (int u = 0; u < users; u++)
        {
            int at = u * all.Depth, count = found.Counts[u];
            found.ItemsOf(u).CopyTo(all.Items.AsSpan(at));
            found.ScoresOf(u).CopyTo(all.Scores.AsSpan(at));
            found.Sources.AsSpan(u * found.Depth, count).CopyTo(all.Sources.AsSpan(at));
            more.Clear();
            known.Clear();
            string? segment = _rules.Users.SegmentOf(found.Users[u]);
            foreach (var (a, block) in blocks.Index())
            {
                var segments = _asked[a].Rule.Segments;
                if (segments.Count > 0 && (segment is null || !segments.Contains(segment))) continue;
                if (known.Count == 0) foreach (int item in found.ItemsOf(u)) known.Add(item);
                for (int k = 0; k < block.Counts[u]; k++)
                    if (known.Add(block.ItemsOf(u)[k])) more.Add((block.ItemsOf(u)[k], block.ScoresOf(u)[k], block.Sources[u * block.Depth + k]));
            }
            foreach (var (item, score, source) in more.OrderByDescending(m => m.Score).ThenBy(m => m.Item))
            {
                all.Items[at + count] = item;
                all.Scores[at + count] = score;
                all.Sources[at + count++] = source;
            }
            all.Counts[u] = count;
        }
        return all;
    }
}
