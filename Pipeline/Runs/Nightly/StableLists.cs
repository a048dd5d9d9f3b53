using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Lists that change by no more than so many entries against the version before (<c>Materialize:MaxChanges</c>). A list that would change more is chosen again
/// among its entries of the version before and the best of the new ones. What the user may not or need not be given any more (bought, sold out, ruled out, no
/// candidate) is no candidate and goes whatever the bound; what takes its place is no change without cause.
/// </summary>
internal sealed class StableLists(PreviousLists before, int maxChanges)
{
    /// <param name="candidates">What <paramref name="made"/> was chosen from.</param>
    /// <param name="choose">Chooses lists from candidates.</param>
    public RecommendationBlock Hold(CandidateBlock candidates, RecommendationBlock made, Func<CandidateBlock, RecommendationBlock> choose)
    {
        var from = Enumerable.Range(0, made.Users.Length).Select(u => (made, u)).ToArray();
        var open = new List<(int List, int New)>();
        for (int u = 0; u < made.Users.Length; u++)
            if (Allowed(candidates, made, u) is { } allowed && Fresh(made, u).Count > allowed) open.Add((u, allowed));
        if (open.Count == 0) return made;
        while (open.Count > 0)
        {
            var again = choose(Narrowed(candidates, made, open));
            var still = new List<(int, int)>();
            for (int n = 0; n < open.Count; n++)
            {
                var (list, allowed) = open[n];
                int missing = Length(made, list) - (again.Offsets[n + 1] - again.Offsets[n]);
                if (missing <= 0) from[list] = (again, n);
                // Caps and doubles left it short: so many more may be new, until all may.
                else if (allowed + missing < Fresh(made, list).Count) still.Add((list, allowed + missing));
            }
            open = still;
        }
        return GatheredLists.Of(made.Users, from);
    }

    /// <summary>New entries that the list may have; null where there was no list.</summary>
    private int? Allowed(CandidateBlock candidates, RecommendationBlock made, int list)
    {
        var previous = before.Of(made.Users[list]);
        if (previous.IsEmpty) return null;
        var offered = candidates.ItemsOf(list);
        int stay = 0;
        foreach (int item in previous) stay += offered.Contains(item) ? 1 : 0;
        return Math.Max(maxChanges, Length(made, list) - stay);
    }

    /// <summary>Entries that were not on the list before, those of rules first: they stand whatever the bound.</summary>
    private List<int> Fresh(RecommendationBlock made, int list)
    {
        var previous = before.Of(made.Users[list]);
        var (placed, others) = (new List<int>(), new List<int>());
        for (int entry = made.Offsets[list]; entry < made.Offsets[list + 1]; entry++)
            if (!previous.Contains(made.Items[entry])) (made.PlacedBy?[entry] > 0 ? placed : others).Add(made.Items[entry]);
        return [.. placed, .. others];
    }

    private CandidateBlock Narrowed(CandidateBlock candidates, RecommendationBlock made, List<(int List, int New)> open)
    {
        var narrowed = new CandidateBlock([.. open.Select(o => made.Users[o.List])], candidates.Depth)
        {
            Own = candidates.Own is null ? null : new int[open.Count],
            Scales = new (float High, float Low)[open.Count],
            Asked = candidates.Asked,
            Ranked = candidates.Ranked is { } ranked ? [.. open.Select(o => ranked[o.List])] : null,
        };
        for (int n = 0; n < open.Count; n++)
        {
            var (list, allowed) = open[n];
            var wanted = new HashSet<int>(Fresh(made, list).Take(allowed));
            foreach (int item in before.Of(made.Users[list])) wanted.Add(item);
            int own = candidates.Own?[list] ?? candidates.Counts[list];
            narrowed.Scales[n] = candidates.Scales?[list] ?? (candidates.ScoresOf(list)[0], own == 0 ? float.NaN : candidates.ScoresOf(list)[own - 1]);
            for (int k = 0; k < candidates.Counts[list]; k++)
            {
                int at = list * candidates.Depth + k;
                if (!wanted.Contains(candidates.Items[at])) continue;
                int to = n * narrowed.Depth + narrowed.Counts[n]++;
                (narrowed.Items[to], narrowed.Scores[to], narrowed.Sources[to]) = (candidates.Items[at], candidates.Scores[at], candidates.Sources[at]);
                if (narrowed.Own is not null && k < own) narrowed.Own[n]++;
            }
        }
        return narrowed;
    }

    private static int Length(RecommendationBlock made, int list) => made.Offsets[list + 1] - made.Offsets[list];
}
