using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>Adds the best models to the best one, one at a time and by the weight that suits (greedy forward selection, Caruana et al. 2004).</summary>
/// <param name="tried">Told of every sum that was the best of its kind.</param>
internal sealed class RaceBlend(RaceFolds folds, IRaceMeasure measure, StageContext context, Action<string, string, Interval> tried)
{
    private static readonly double[] s_weights = [0.15, 0.3, 0.6, 1, 1.6];

    /// <param name="entrants">Best first.</param>
    /// <param name="trends">The trends that a sum may have.</param>
    public RaceSum Run(IReadOnlyList<Entrant> entrants, IReadOnlyList<TrendChoice> trends)
    {
        var sum = RaceSum.Of(entrants[0]);
        if (entrants.Count == 1) return sum;
        double[] scales = [.. entrants.Select(e => Scale(e.Decayed, folds.Newest, context))];
        var left = Enumerable.Range(1, entrants.Count - 1).Where(e => scales[e] > 0).ToList();
        if (!(scales[0] > 0)) return sum;
        while (left.Count > 0)
        {
            var found = left.Select(e => Best(sum, entrants, scales, e)).ToArray();
            int best = AutoRace.BestOf([.. found.Select(f => f.Ndcg)]);
            tried("blend", found[best].ToString(), measure.Mean(found[best].Ndcg));
            if (!AutoRace.IsBetter(measure, found[best].Ndcg, sum.Ndcg)) break;
            sum = found[best];
            left.RemoveAt(best);
        }
        return sum.Members.Count == 1 ? sum : WithTrend(sum, trends);
    }

    /// <summary>The sum with one more member at its best weight, under the sum's trend or the member's own.</summary>
    private RaceSum Best(RaceSum sum, IReadOnlyList<Entrant> entrants, double[] scales, int added)
    {
        var before = sum.Members.Select(m => m with { Scale = scales[IndexOf(m.Entrant)] }).ToArray();
        TrendChoice[] trends = [.. new[] { sum.Trend, entrants[added].Trend }.Distinct()];
        RaceSum[] sums =
        [
            .. trends.SelectMany(trend => s_weights.Select(
                w => new RaceSum([.. before, new RaceMember(entrants[added], w, scales[added])], trend, []))),
        ];
        return Measured(sums);

        int IndexOf(Entrant entrant) => Enumerable.Range(0, entrants.Count).First(e => ReferenceEquals(entrants[e], entrant));
    }

    private RaceSum WithTrend(RaceSum sum, IReadOnlyList<TrendChoice> trends)
    {
        var best = Measured([.. trends.Select(t => sum with { Trend = t })]);
        if (!AutoRace.IsBetter(measure, best.Ndcg, sum.Ndcg)) return sum;
        tried("trend", best.ToString(), measure.Mean(best.Ndcg));
        return best;
    }

    /// <summary>The best of sums that have the same members.</summary>
    private RaceSum Measured(RaceSum[] sums)
    {
        float[][] ndcg = measure.Ndcg(
            [.. sums[0].Members.Select(m => m.Entrant.Scorer)],
            [.. sums.Select(s => new ScoreMix([.. s.Members.Select(m => (float)(m.Weight / m.Scale))]) { Overall = s.Trend.Factors })]);
        int best = AutoRace.BestOf(ndcg);
        return sums[best] with { Ndcg = ndcg[best] };
    }

    /// <summary>As an ensemble will measure it; 0 where there is none.</summary>
    internal static double Scale(ITrainedModel model, InteractionMatrix interactions, StageContext context)
    {
        var defaults = new EnsembleOptions();
        double scale = MemberScale.Of(RaceFolds.NewestOf(model), interactions, defaults.ScaleUsers, defaults.ScaleTop, context);
        return scale > 0 && double.IsFinite(scale) ? scale : 0;
    }
}
