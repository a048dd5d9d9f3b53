using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Benchmarks.EnsembleWeights;

/// <summary>The items of one user that any member ranks high, with every member's score in units of its weight, and which of them the hold-out holds.</summary>
/// <param name="Scores">members x items.</param>
/// <param name="Wanted">Test items of the user, also those that no member ranks high.</param>
internal sealed record CandidatePool(int[] Items, float[] Scores, bool[] Held, int Wanted)
{
    public double Ndcg(double[] weights, int depth)
    {
        var ranked = new (double Score, int At)[Items.Length];
        for (int i = 0; i < ranked.Length; i++)
        {
            double sum = 0;
            for (int m = 0; m < weights.Length; m++) sum += weights[m] * Scores[m * Items.Length + i];
            ranked[i] = (sum, i);
        }
        Array.Sort(ranked, static (a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.At.CompareTo(b.At));
        double gain = 0, ideal = 0;
        for (int rank = 0; rank < Math.Min(depth, ranked.Length); rank++)
            if (Held[ranked[rank].At]) gain += 1 / Math.Log2(rank + 2);
        for (int rank = 0; rank < Math.Min(depth, Wanted); rank++) ideal += 1 / Math.Log2(rank + 2);
        return ideal == 0 ? 0 : gain / ideal;
    }
}

internal static class CandidatePools
{
    private const int BlockFloats = 1 << 22;

    public static CandidatePool[] Of(EnsembleModel model, HoldOut holdOut, EnsembleFitOptions options, StageContext context)
    {
        var train = holdOut.Train;
        int[] users = [.. Enumerable.Range(0, train.Users).Where(u => train.ByUser.RowLength(u) > 0 && holdOut.Test.RowLength(u) > 0)];
        var random = new SplitMix64(context.Seed, "ensemble fit users");
        int count = Math.Min(options.Users, users.Length);
        for (int k = 0; k < count; k++)
        {
            int other = k + random.NextInt(users.Length - k);
            (users[k], users[other]) = (users[other], users[k]);
        }
        var scorers = model.Members.Select(m => m.Model.ScorerFor(train, context)).ToArray();
        int items = train.Items;
        int block = Math.Clamp(BlockFloats / (items * scorers.Length), 1, 64);
        var pools = new CandidatePool[count];
        context.ForEachPiece((count + block - 1) / block, () => new float[scorers.Length * block * items], (piece, scores) =>
        {
            int[] some = users[(piece * block)..Math.Min(count, (piece + 1) * block)];
            for (int m = 0; m < scorers.Length; m++)
                scorers[m].Score(some, 0, items, scores.AsSpan(m * block * items, some.Length * items), items);
            for (int u = 0; u < some.Length; u++)
                pools[piece * block + u] = Pool(model, holdOut, some[u], scores, u * items, block * items, options.Candidates);
        });
        return pools;
    }

    /// <param name="scores">members x users of the block x items.</param>
    /// <param name="at">Where the user's row of the first member starts.</param>
    /// <param name="step">Floats from one member's row to the next one's.</param>
    private static CandidatePool Pool(EnsembleModel model, HoldOut holdOut, int user, float[] scores, int at, int step, int candidates)
    {
        int items = holdOut.Train.Items;
        var seen = holdOut.Train.ByUser.RowIndices(user);
        var chosen = new SortedSet<int>();
        for (int m = 0; m < model.Members.Count; m++)
        {
            var row = scores.AsSpan(at + m * step, items);
            foreach (int item in seen) row[item] = float.NegativeInfinity;
            float[] largest = LargestScores.Of(row, candidates);
            float least = largest.Length == 0 ? float.PositiveInfinity : largest[^1];
            for (int item = 0; item < items; item++)
                if (row[item] >= least && row[item] > float.NegativeInfinity) chosen.Add(item);
        }
        int[] pool = [.. chosen];
        var own = new float[model.Members.Count * pool.Length];
        for (int m = 0; m < model.Members.Count; m++)
        {
            double unit = model.Members[m].Weight.UnitFor(seen.Length);
            for (int i = 0; i < pool.Length; i++) own[m * pool.Length + i] = (float)(unit * scores[at + m * step + pool[i]]);
        }
        // A test item that the user had before is not asked for again.
        int wanted = 0;
        foreach (int item in holdOut.Test.RowIndices(user))
            if (seen.BinarySearch(item) < 0) wanted++;
        return new CandidatePool(pool, own, Array.ConvertAll(pool, i => holdOut.Test.RowIndices(user).BinarySearch(i) >= 0), wanted);
    }
}
