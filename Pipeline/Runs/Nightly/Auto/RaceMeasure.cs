using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Auto;

/// <summary>
/// NDCG@K on pairs new to the user, of users with a history, as evaluate measures it. Scores of all items are made once for a block of users and serve all
/// mixes. Memory: a thread holds 16 users at most, and no more than 16 MiB a scorer.
/// </summary>
internal sealed class RaceMeasure : IRaceMeasure
{
    private const int BlockUsers = 16;
    private const int BlockFloats = 1 << 22;
    private const int Replicates = 400;

    private readonly SparseRows _test;
    private readonly SparseRows _seen;
    private readonly int[] _users;
    private readonly int _cutoff;
    private readonly StageContext _context;

    public RaceMeasure(HoldOut window, AutoOptions options, StageContext context)
    {
        _test = TestPairs.New(window);
        _seen = window.Train.Seen();
        _users = RankedUsers.Of(window, new EvaluateOptions { MaxUsers = options.MaxUsers }, _seen, (Slices.New, _test)).Users;
        _cutoff = options.Cutoff;
        _context = context;
    }

    public int Users => _users.Length;

    /// <summary>By user index, in the order of the figures.</summary>
    public IReadOnlyList<int> Measured => _users;

    public float[][] Ndcg(IReadOnlyList<IBlockScorer> scorers, IReadOnlyList<ScoreMix> mixes)
    {
        int items = scorers[0].Items;
        int block = Math.Clamp(BlockFloats / items, 1, BlockUsers);
        var ndcg = new float[mixes.Count][];
        for (int mix = 0; mix < ndcg.Length; mix++) ndcg[mix] = new float[_users.Length];
        _context.ForEachPiece((_users.Length + block - 1) / block, () => new Scratch(scorers.Count, block * items, items, _cutoff), (piece, scratch) =>
        {
            int first = piece * block;
            int[] users = _users[first..Math.Min(_users.Length, first + block)];
            for (int s = 0; s < scorers.Count; s++) scorers[s].Score(users, 0, items, scratch.Scores[s], items);
            for (int u = 0; u < users.Length; u++)
            {
                for (int mix = 0; mix < mixes.Count; mix++)
                {
                    Combine(mixes[mix], scratch, u * items);
                    foreach (int item in _seen.RowIndices(users[u])) scratch.Sum[item] = float.NegativeInfinity;
                    ndcg[mix][first + u] = RankingMetrics.At(scratch.Top.Of(scratch.Sum), _test.RowIndices(users[u]), _cutoff).Ndcg;
                }
            }
        });
        return ndcg;
    }

    public Interval Mean(float[] ndcg)
    {
        var mean = PoissonBootstrap.Of(ndcg, 1, Replicates, _context.Seed, _context.Threads).Mean(0);
        return new Interval(mean.Value, mean.Low, mean.High);
    }

    public Interval Difference(float[] ndcg, float[] other)
    {
        var differences = new float[ndcg.Length];
        TensorPrimitives.Subtract<float>(ndcg, other, differences);
        return Mean(differences);
    }

    private static void Combine(ScoreMix mix, Scratch scratch, int from)
    {
        var sum = scratch.Sum.AsSpan();
        if (mix is { Weights: [> 0], Factors: null })
        {
            // A weight above 0 changes no order.
            var only = scratch.Scores[0].AsSpan(from, sum.Length);
            if (mix.Overall is { } each) TensorPrimitives.Multiply<float>(only, each, sum);
            else only.CopyTo(sum);
            return;
        }
        sum.Clear();
        for (int s = 0; s < mix.Weights.Length; s++)
        {
            if (mix.Weights[s] == 0) continue;
            var row = scratch.Scores[s].AsSpan(from, sum.Length);
            if (mix.Factors?[s] is { } factors)
            {
                TensorPrimitives.Multiply<float>(row, factors, scratch.Product);
                VectorMath.Axpy(mix.Weights[s], scratch.Product, sum);
            }
            else
            {
                VectorMath.Axpy(mix.Weights[s], row, sum);
            }
        }
        if (mix.Overall is { } overall) TensorPrimitives.Multiply(sum, overall, sum);
    }

    private sealed class Scratch(int scorers, int floats, int items, int cutoff)
    {
        public float[][] Scores { get; } = [.. Enumerable.Range(0, scorers).Select(_ => new float[floats])];

        public float[] Sum { get; } = new float[items];

        public float[] Product { get; } = new float[items];

        public TopOfRow Top { get; } = new(cutoff);
    }
}
