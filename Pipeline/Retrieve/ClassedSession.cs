using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Top-M where items are of classes for which users have factors of their own: the best of each class, merged. Memory: that of a <see cref="FactorSession"/>
/// over the items of each class.
/// </summary>
internal sealed class ClassedSession : IRetrievalSession
{
    private readonly List<FactorSession> _sessions = [];
    private readonly int _depth;

    public ClassedSession(InnerProducts products, RetrievalRequest request)
    {
        _depth = request.Depth;
        for (int of = 0; of < products.Users.Count; of++)
        {
            bool[] allowed = [.. Enumerable.Range(0, products.Items.Rows).Select(i => products.ClassOf(i) == of && (request.Allowed?[i] ?? true))];
            if (allowed.Contains(true)) _sessions.Add(new FactorSession(products.Users[of], products.Items, request with { Allowed = allowed }));
        }
    }

    public CandidateBlock Retrieve(int[] users)
    {
        CandidateBlock[] found = [.. _sessions.Select(s => s.Retrieve(users))];
        if (found.Length == 1) return found[0];
        var merged = new CandidateBlock(users, _depth);
        var next = new int[found.Length];
        for (int u = 0; u < users.Length; u++)
        {
            Array.Clear(next);
            for (int at = u * _depth; at < (u + 1) * _depth; at++)
            {
                int best = Best(found, next, u);
                if (best < 0) break;
                int from = u * _depth + next[best]++;
                (merged.Items[at], merged.Scores[at]) = (found[best].Items[from], found[best].Scores[from]);
                merged.Counts[u]++;
            }
        }
        return merged;
    }

    /// <summary>The block whose next candidate comes first; -1 where none has one left.</summary>
    private int Best(CandidateBlock[] found, int[] next, int user)
    {
        var (best, key) = (-1, ulong.MaxValue);
        for (int of = 0; of < found.Length; of++)
        {
            if (next[of] >= found[of].Counts[user]) continue;
            int from = user * _depth + next[of];
            ulong own = TopOrder.Key(found[of].Scores[from], found[of].Items[from]);
            if (own < key) (best, key) = (of, own);
        }
        return best;
    }
}
