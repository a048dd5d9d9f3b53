using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Lists of a block's users, those of the control group by what most customers have: under the same rules, without what they have already, in the order of
/// popularity. Their entries say so in <c>source</c>.
/// </summary>
/// <param name="drawn">By user index: who is of the group.</param>
/// <param name="popular">Lists of users of the group.</param>
internal sealed class ControlLists(bool[] drawn, Func<int[], RecommendationBlock> popular)
{
    /// <summary>One customer counts once an item, as for what newcomers get.</summary>
    /// <param name="history">Everybody's.</param>
    /// <param name="items">Items that the serving model knows.</param>
    public static IBlockScorer Scorer(InteractionMatrix history, int items, StageContext context)
    {
        var model = new PopularityTrainer(new PopularityOptions { Weighted = false }).Train(history, context);
        return model.Items == items
            ? model.ScorerFor(history, context)
            : throw new ArgumentException($"the history has {model.Items} items, the model knows {items}", nameof(history));
    }

    /// <param name="personal">Lists of the others.</param>
    public RecommendationBlock Make(int[] members, Func<int[], RecommendationBlock> personal)
    {
        bool[] isControl = [.. members.Select(u => drawn[u])];
        int[] theirs = [.. members.Where((_, at) => isControl[at])], others = [.. members.Where((_, at) => !isControl[at])];
        if (theirs.Length == 0) return personal(members);
        var controls = Marked(popular(theirs));
        if (others.Length == 0) return controls;
        var personals = personal(others);
        int nextControl = 0, nextOther = 0;
        return GatheredLists.Of(members, [.. isControl.Select(c => c ? (controls, nextControl++) : (personals, nextOther++))]);
    }

    private static RecommendationBlock Marked(RecommendationBlock lists)
    {
        Mark(lists.Sources);
        if (lists.Reserve is { } reserve) Mark(reserve.Sources);
        return lists;

        static void Mark(CandidateSource[] sources)
        {
            foreach (ref var source in sources.AsSpan())
                if (source != CandidateSource.Promoted) source = CandidateSource.Control;
        }
    }
}
