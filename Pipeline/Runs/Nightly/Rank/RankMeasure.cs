using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>One user's candidates in the model's order, their features one row after the other, and which of them were bought.</summary>
internal sealed record RankExample(int[] Items, float[] Rows, bool[] Labels);

/// <summary>How well scores put what was bought first.</summary>
/// <param name="users">Aligned with <paramref name="examples"/>.</param>
/// <param name="bought">users x items: all that was bought for the first time, among the candidates or not.</param>
internal sealed class RankMeasure(int[] users, RankExample[] examples, SparseRows bought, int cutoff, StageContext context)
{
    private const int Replicates = 1_000;

    private readonly float[] _plain = [.. users.Select((user, at) => Ndcg(examples[at].Items, bought.RowIndices(user), cutoff))];

    /// <summary>NDCG of the model's own order.</summary>
    public double Plain => _plain.Average(v => (double)v);

    /// <param name="scores">Of every user's candidates.</param>
    /// <param name="areChances">Whether scores may be log-odds of a purchase.</param>
    public RankTrial Of(string algorithm, float[][] scores, bool areChances = true)
    {
        var ndcg = new float[users.Length];
        double loss = 0, expected = 0, auc = 0;
        long candidates = 0;
        int judged = 0;
        for (int at = 0; at < users.Length; at++)
        {
            var (items, labels, score) = (examples[at].Items, examples[at].Labels, scores[at]);
            ndcg[at] = Ndcg(at, score);
            for (int k = 0; k < items.Length; k++)
            {
                double odds = score[k];
                expected += 1 / (1 + Math.Exp(-odds));
                loss += Math.Log(1 + Math.Exp(labels[k] ? -odds : odds));
            }
            candidates += items.Length;
            if (AreaUnderCurve.Of<float>(score, k => labels[k]) is not { } own) continue;
            auc += own;
            judged++;
        }
        bool areOdds = areChances && algorithm == LogisticTraining.Name;
        var change = Difference(ndcg, _plain);
        return new RankTrial(
            algorithm, ndcg.Average(v => (double)v), change, judged == 0 ? null : auc / judged, areOdds ? loss / Math.Max(1, candidates) : null,
            areOdds ? expected : null);
    }

    /// <summary>NDCG by the first scores less that by the others, with its paired 95% interval.</summary>
    public Interval Change(float[][] scores, float[][] others) =>
        Difference([.. scores.Select((score, at) => Ndcg(at, score))], [.. others.Select((score, at) => Ndcg(at, score))]);

    private Interval Difference(float[] ndcg, float[] other)
    {
        var differences = new float[ndcg.Length];
        TensorPrimitives.Subtract<float>(ndcg, other, differences);
        return PoissonBootstrap.Of(differences, 1, Replicates, context.Seed, context.Threads).Mean(0);
    }

    private float Ndcg(int at, float[] score)
    {
        int[] items = examples[at].Items;
        int[] order = [.. Enumerable.Range(0, items.Length).OrderByDescending(k => score[k]).ThenBy(k => k).Take(cutoff)];
        return Ndcg([.. order.Select(k => items[k])], bought.RowIndices(users[at]), cutoff);
    }

    private static float Ndcg(ReadOnlySpan<int> items, ReadOnlySpan<int> wanted, int cutoff) =>
        RankingMetrics.At(items[..Math.Min(cutoff, items.Length)], wanted, cutoff).Ndcg;
}
