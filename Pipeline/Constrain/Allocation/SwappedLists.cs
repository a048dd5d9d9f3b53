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
            Features = draft.Features is { } carried ? ListFeatures.None(carried.Names, entries) : null,
            Ranked = draft.Ranked,
        };
        short[] numbers = [.. Enumerable.Range(0, draft.Features?.Names.Count ?? 0).Select(f => (short)f)];
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
                if (stayed)
                {
                    Copy(draft, draft.Offsets[u] + order[rank], made, at);
                    if (draft.Features is not null) made.Features!.Take(draft.Features, draft.Offsets[u] + order[rank], at, numbers);
                }
                else Take(reserve, reserve.Offsets[u] + order[rank] - problem.Lengths[u], made, at, placed[rank] > 0);
                // A list is drawn as a whole.
                made.Propensity[at] = draft.Offsets[u + 1] > draft.Offsets[u] ? draft.Propensity[draft.Offsets[u]] : 1;
            }
        }
        return With(made, [.. yielded]);
    }

    /// <summary>The list's candidates in their new order, and the rule that each stands for.</summary>
    /// <param name="list">Ascending.</param>
    private static ushort[] Ordered(RecommendationBlock draft, AllocationBlock problem, ushort[] list, int u, RuleSet rules, out int[] placed)
    {
        int length = problem.Lengths[u], stayed = 0;
        while (stayed < list.Length && list[stayed] < length) stayed++;
        var weights = problem.Weights.AsSpan(problem.Offsets[u]);
        ushort[] order = [.. list];
        // Those that come are there by descending weight already.
        for (int count = stayed; count < order.Length; count++)
        {
            ushort comes = order[count];
            // What a rule placed keeps its place as far as the list is as long.
            int at = 0;
            while (at < count && (order[at] < length && problem.PlacedBy(u, order[at]) > 0 || !(weights[order[at]] < weights[comes]))) at++;
            Move(order, count, at);
        }
        KeepPlaces(problem, u, list.AsSpan(0, stayed), order);
        placed = WantedEntries.RuleOf(rules.Of(draft.Users[u]), problem, u, order);
        return order;
    }

    private static void KeepPlaces(AllocationBlock problem, int u, ReadOnlySpan<ushort> stayed, ushort[] order)
    {
        foreach (ushort k in stayed)
            if (problem.PlacedBy(u, k) > 0) Move(order, Array.IndexOf(order, k), Math.Min(k, order.Length - 1));
    }

    /// <summary>Takes an element out and puts it where it is to stand then.</summary>
    private static void Move(ushort[] order, int from, int to)
    {
        ushort moved = order[from];
        if (to < from) Array.Copy(order, to, order, to + 1, from - to);
        else Array.Copy(order, from + 1, order, from, to - from);
        order[to] = moved;
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
        Features = block.Features,
        Ranked = block.Ranked,
    };
}
