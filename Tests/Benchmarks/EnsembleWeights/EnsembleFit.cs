using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Benchmarks.EnsembleWeights;

/// <param name="Users">Users of the hold-out drawn, by the run's seed; at least 1.</param>
/// <param name="Depth">K of NDCG@K; at least 1.</param>
/// <param name="Candidates">Best unseen items of each member that enter the pool of a user; at least <paramref name="Depth"/>.</param>
/// <param name="Rounds">Passes over the members, at least 1.</param>
internal sealed record EnsembleFitOptions(int Users = 2000, int Depth = 20, int Candidates = 60, int Rounds = 6);

/// <param name="Weights">Fitted weights by member name.</param>
/// <param name="Before">NDCG@K of the weights as they stood, over the drawn users.</param>
/// <param name="After">NDCG@K of the fitted ones over the same users, so an optimistic figure: score them on other users.</param>
internal sealed record EnsembleFitReport(IReadOnlyDictionary<string, double> Weights, double Before, double After);

/// <summary>
/// Fits an ensemble's weights on a hold-out by coordinate search (Metzler and Croft 2007): one weight at a time moves by a fixed set of steps, and a move stays
/// where NDCG@K rises. Members are not trained again; the work is bounded by rounds x members x steps re-rankings of the drawn users' pools.
/// </summary>
internal static class EnsembleFit
{
    private const double MinGain = 1e-6;

    private static readonly double[] s_steps = [-0.4, -0.2, -0.1, -0.05, 0.05, 0.1, 0.2, 0.4];

    /// <exception cref="RunFailedException">No user of the hold-out has test items and a history.</exception>
    public static EnsembleFitReport Run(EnsembleModel model, HoldOut holdOut, EnsembleFitOptions options, StageContext context)
    {
        var pools = CandidatePools.Of(model, holdOut, options, context);
        if (pools.Length == 0)
            throw new RunFailedException("the ensemble's weights cannot be fitted: no user of the hold-out has both a history and test items");
        double[] weights = [.. model.Members.Select(m => m.Weight.Weight)];
        double before = Score(pools, weights, options.Depth, context);
        double best = before;
        var random = new SplitMix64(context.Seed, "ensemble fit");
        int[] order = [.. Enumerable.Range(0, weights.Length)];
        for (int round = 0; round < options.Rounds; round++)
        {
            double start = best;
            for (int k = 0; k < order.Length; k++)
            {
                int other = k + random.NextInt(order.Length - k);
                (order[k], order[other]) = (order[other], order[k]);
                double stood = weights[order[k]];
                double taken = stood;
                foreach (double step in s_steps)
                {
                    weights[order[k]] = stood + step;
                    double score = Score(pools, weights, options.Depth, context);
                    if (score <= best + MinGain) continue;
                    (best, taken) = (score, stood + step);
                }
                weights[order[k]] = taken;
            }
            context.Progress.Step("ensemble fit", round + 1, options.Rounds, "rounds");
            if (best <= start + MinGain) break;
        }
        return new EnsembleFitReport(
            model.Members.Select((m, k) => (m.Weight.Name, Weight: Math.Round(weights[k], 6))).ToDictionary(m => m.Name, m => m.Weight, StringComparer.Ordinal),
            before, best);
    }

    private static double Score(CandidatePool[] pools, double[] weights, int depth, StageContext context)
    {
        var scores = new double[pools.Length];
        const int together = 64;
        context.ForEachPiece((pools.Length + together - 1) / together, piece =>
        {
            for (int u = piece * together; u < Math.Min(pools.Length, (piece + 1) * together); u++) scores[u] = pools[u].Ndcg(weights, depth);
        });
        return scores.Sum() / scores.Length;
    }
}
