using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>The size of a model's scores where it matters: the mean of the largest scores of items that a user has not seen, over some users.</summary>
internal static class MemberScale
{
    private const int BlockFloats = 1 << 22;

    /// <summary>0 where no user has a history or all items were seen.</summary>
    /// <param name="only">The items that count; null for all.</param>
    public static double Of(ITrainedModel model, InteractionMatrix interactions, int users, int top, StageContext context, bool[]? only = null)
    {
        int[] sample = SampleOf(interactions, users, context.Seed);
        if (sample.Length == 0) return 0;
        var histories = Rows(interactions, sample);
        var scorer = model.ScorerFor(histories, context);
        int block = Math.Clamp(BlockFloats / scorer.Items, 1, 64);
        var sums = new double[sample.Length];
        var counts = new int[sample.Length];
        context.ForEachPiece((sample.Length + block - 1) / block, () => new float[block * scorer.Items], (piece, scores) =>
        {
            int[] some = [.. Enumerable.Range(piece * block, Math.Min(block, sample.Length - piece * block))];
            scorer.Score(some, 0, scorer.Items, scores, scorer.Items);
            for (int u = 0; u < some.Length; u++)
                (sums[some[u]], counts[some[u]]) = SumOfLargest(scores.AsSpan(u * scorer.Items, scorer.Items), histories.ByUser.RowIndices(some[u]), top, only);
        });
        int all = counts.Sum();
        return all == 0 ? 0 : sums.Sum() / all;
    }

    /// <summary>Users with a history, drawn without repeats, ascending.</summary>
    private static int[] SampleOf(InteractionMatrix interactions, int count, ulong seed)
    {
        int[] users = [.. Enumerable.Range(0, interactions.Users).Where(u => interactions.ByUser.RowLength(u) > 0)];
        var random = new SplitMix64(seed, "ensemble scale");
        int drawn = Math.Min(count, users.Length);
        for (int k = 0; k < drawn; k++)
        {
            int other = k + random.NextInt(users.Length - k);
            (users[k], users[other]) = (users[other], users[k]);
        }
        int[] sample = users[..drawn];
        Array.Sort(sample);
        return sample;
    }

    private static InteractionMatrix Rows(InteractionMatrix interactions, int[] users)
    {
        var rows = interactions.ByUser;
        var pointers = new int[users.Length + 1];
        for (int u = 0; u < users.Length; u++) pointers[u + 1] = pointers[u] + rows.RowLength(users[u]);
        var indices = new int[pointers[^1]];
        var values = new float[pointers[^1]];
        var seen = interactions.LastSeen is null ? null : new uint[pointers[^1]];
        for (int u = 0; u < users.Length; u++)
        {
            rows.RowIndices(users[u]).CopyTo(indices.AsSpan(pointers[u]));
            rows.RowValues(users[u]).CopyTo(values.AsSpan(pointers[u]));
            if (seen is not null) interactions.UserLastSeen(users[u]).CopyTo(seen.AsSpan(pointers[u]));
        }
        return interactions.With(
            new SparseRows(users.Length, rows.Columns, pointers, indices, values), seen, ratings: interactions.Ratings?.Take(users))
            .WithUsers(interactions.UserAttributes?.Of(users));
    }

    private static (double Sum, int Count) SumOfLargest(Span<float> scores, ReadOnlySpan<int> seen, int top, bool[]? only)
    {
        if (only is not null)
            for (int item = 0; item < only.Length; item++)
                if (!only[item]) scores[item] = float.NegativeInfinity;
        foreach (int item in seen) scores[item] = float.NegativeInfinity;
        double sum = 0;
        float[] largest = LargestScores.Of(scores, top);
        foreach (float score in largest) sum += score;
        return (sum, largest.Length);
    }
}
