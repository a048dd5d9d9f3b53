using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>A block of lists after allocation: entries that stayed as they were, in their order, and others at the place of their weight among them.</summary>
internal static class SwappedLists
{
    /// <param name="isNew">By entry of the result: whether allocation brought it, so that its reasons are still to be found.</param>
    public static RecommendationBlock Of(RecommendationBlock draft, AllocationBlock problem, ushort[][] lists, RuleSet rules, out bool[] isNew)
    {
        var reserve = draft.Reserve!;
        var offsets = new int[lists.Length + 1];
        for (int u = 0; u < lists.Length; u++) offsets[u + 1] = offsets[u] + lists[u].Length;
        int entries = offsets[^1];
        var made = new RecommendationBlock
        {
            Users = draft.Users,
            Offsets = offsets,
            Items = new int[entries],
            Scores = new float[entries],
            Relevance = new float[entries],
            DiversityGain = new float[entries],
            Reasons = new ReasonCode[entries],
            ReasonItems = new int[entries * RecommendationBlock.MaxReasonItems],
            Sources = new CandidateSource[entries],
            Propensity = new float[entries],
            PlacedBy = new int[entries],
            Rules = draft.Rules,
            Yielded = null,
        };
        isNew = new bool[entries];
        var yielded = new List<int>();
        for (int u = 0; u < lists.Length; u++)
        {
            var order = Ordered(draft, problem, lists[u], u, rules, out int[] placed);
            foreach (int rule in draft.YieldedOn(u)) yielded.AddRange([u, rule]);
            foreach (int rule in Lost(problem, u, rules.Of(draft.Users[u]), placed)) if (!draft.YieldedOn(u).Contains(rule)) yielded.AddRange([u, rule]);
            for (int rank = 0; rank < order.Length; rank++)
            {
                int at = offsets[u] + rank;
                bool stayed = order[rank] < problem.Lengths[u];
                // What stood there by itself did not come by a rule, though a quota counts it.
                made.PlacedBy![at] = stayed && draft.PlacedBy?[draft.Offsets[u] + order[rank]] != placed[rank] ? 0 : placed[rank];
                isNew[at] = !stayed;
                if (stayed) Copy(draft, draft.Offsets[u] + order[rank], made, at);
                else Take(reserve, problem.Source[problem.Offsets[u] + order[rank]], made, at, placed[rank] > 0);
                // A list is drawn as a whole.
                made.Propensity[at] = draft.Offsets[u + 1] > draft.Offsets[u] ? draft.Propensity[draft.Offsets[u]] : 1;
            }
        }
        return With(made, [.. yielded]);
    }

    /// <summary>The list's candidates in their new order, and the rule that each stands for.</summary>
    private static ushort[] Ordered(RecommendationBlock draft, AllocationBlock problem, ushort[] list, int u, RuleSet rules, out int[] placed)
    {
        int first = problem.Offsets[u], length = problem.Lengths[u];
        var stay = list.Where(k => k < length).Order().ToList();
        foreach (ushort k in list.Where(k => k >= length).OrderByDescending(k => problem.Weights[first + k]).ThenBy(k => k))
        {
            // What a rule placed keeps its place as far as the list is as long.
            int at = stay.FindIndex(s =>
                (s >= length || draft.PlacedBy?[draft.Offsets[u] + s] is null or 0) && problem.Weights[first + s] < problem.Weights[first + k]);
            stay.Insert(at < 0 ? stay.Count : at, k);
        }
        KeepPlaces(draft, u, length, stay);
        ushort[] order = [.. stay];
        placed = WantedEntries.RuleOf(rules.Of(draft.Users[u]), problem, u, order);
        return order;
    }

    private static void KeepPlaces(RecommendationBlock draft, int u, int length, List<ushort> order)
    {
        foreach (ushort k in order.Where(k => k < length && draft.PlacedBy?[draft.Offsets[u] + k] > 0).Order().ToList())
        {
            order.Remove(k);
            order.Insert(Math.Min(k, order.Count), k);
        }
    }

    private static IEnumerable<int> Lost(AllocationBlock problem, int u, UserProfile profile, int[] placed) =>
        profile.Placements.Where(p => placed.Count(rule => rule == p.Rule.Number) < WantedEntries.Need(p, problem, u)).Select(p => p.Rule.Number).Order();

    private static void Copy(RecommendationBlock draft, int from, RecommendationBlock made, int at)
    {
        made.Items[at] = draft.Items[from];
        made.Scores[at] = draft.Scores[from];
        made.Relevance[at] = draft.Relevance[from];
        made.DiversityGain[at] = draft.DiversityGain[from];
        made.Reasons[at] = draft.Reasons[from];
        made.Sources[at] = draft.Sources[from];
        Array.Copy(
            draft.ReasonItems, from * RecommendationBlock.MaxReasonItems, made.ReasonItems, at * RecommendationBlock.MaxReasonItems,
            RecommendationBlock.MaxReasonItems);
    }

    private static void Take(ReserveBlock reserve, int from, RecommendationBlock made, int at, bool isPlaced)
    {
        made.Items[at] = reserve.Items[from];
        made.Scores[at] = reserve.Weights[from];
        made.Relevance[at] = reserve.Relevance[from];
        made.DiversityGain[at] = reserve.Weights[from] - reserve.Relevance[from];
        made.Sources[at] = isPlaced ? CandidateSource.Promoted : reserve.Sources[from];
        made.ReasonItems.AsSpan(at * RecommendationBlock.MaxReasonItems, RecommendationBlock.MaxReasonItems).Fill(-1);
    }

    private static RecommendationBlock With(RecommendationBlock block, int[] yielded) => new()
    {
        Users = block.Users,
        Offsets = block.Offsets,
        Items = block.Items,
        Scores = block.Scores,
        Relevance = block.Relevance,
        DiversityGain = block.DiversityGain,
        Reasons = block.Reasons,
        ReasonItems = block.ReasonItems,
        Sources = block.Sources,
        Propensity = block.Propensity,
        PlacedBy = block.PlacedBy,
        Rules = block.Rules,
        Yielded = yielded,
    };
}
