using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// How often customers' purchases of held-out items are found by text alone: held-out items are ranked by their likeness to the mean vector of the old
/// items that the customer bought, and of the customer's held-out items the share within the first <see cref="Depth"/> counts.
/// </summary>
internal sealed class NewItemRecall
{
    /// <summary>One held-out item in twenty, 5 to 50 of them.</summary>
    private const int OneIn = 20, Least = 5, Most = 50;

    /// <summary>Customers who are measured at most, evenly spaced.</summary>
    private const int MostUsers = 10_000;

    /// <summary>Scores that are in memory at once, a thread.</summary>
    private const int BlockScores = 4 << 20;

    private readonly SparseRows _rows;
    private readonly bool[] _old;
    private readonly int[] _held;
    private readonly int[] _place;
    private readonly int[] _users;

    public NewItemRecall(InteractionMatrix interactions, NewItems items)
    {
        _rows = interactions.ByUser;
        _old = items.Old;
        _held = [.. Enumerable.Range(0, items.Held.Length).Where(i => items.Held[i])];
        _place = new int[items.Held.Length];
        Array.Fill(_place, -1);
        for (int place = 0; place < _held.Length; place++) _place[_held[place]] = place;
        int[] all = [.. Enumerable.Range(0, _rows.Rows).Where(u => Has(u, i => _place[i] >= 0) && Has(u, i => _old[i]))];
        _users = all.Length <= MostUsers ? all : [.. Enumerable.Range(0, MostUsers).Select(k => all[(long)k * all.Length / MostUsers])];
        Depth = Math.Clamp(_held.Length / OneIn, Least, Most);
    }

    /// <summary>Places of a list that count.</summary>
    public int Depth { get; }

    /// <summary>Held-out items.</summary>
    public int Items => _held.Length;

    /// <summary>Customers of held-out items who bought an old one too, those that are measured.</summary>
    public int Users => _users.Length;

    /// <summary>Recall by customer, in one order.</summary>
    public double[] Of(FactorMatrix vectors, StageContext context)
    {
        var candidates = new FactorMatrix(_held.Length, vectors.Rank);
        for (int place = 0; place < _held.Length; place++) vectors.Row(_held[place]).CopyTo(candidates.Row(place));
        var recall = new double[_users.Length];
        int block = Math.Clamp(BlockScores / Math.Max(1, _held.Length), 1, 256);
        context.ForEachPiece((_users.Length + block - 1) / block, piece =>
        {
            int first = piece * block, count = Math.Min(block, _users.Length - first);
            var profiles = new FactorMatrix(count, vectors.Rank);
            for (int u = 0; u < count; u++)
                foreach (int item in _rows.RowIndices(_users[first + u]))
                    if (_old[item]) VectorMath.Axpy(1, vectors.Row(item), profiles.Row(u));
            var scores = new FactorMatrix(count, _held.Length);
            Gemm.MultiplyTransposed(profiles, candidates, scores);
            for (int u = 0; u < count; u++) recall[first + u] = Recall(_users[first + u], scores.Row(u));
        });
        return recall;
    }

    private double Recall(int user, ReadOnlySpan<float> scores)
    {
        int wanted = 0, found = 0;
        foreach (int item in _rows.RowIndices(user))
        {
            if (_place[item] is < 0) continue;
            wanted++;
            // An item among equals counts as the last of them.
            float own = scores[_place[item]];
            int ahead = -1;
            foreach (float score in scores)
                if (score >= own) ahead++;
            if (ahead < Depth) found++;
        }
        return (double)found / wanted;
    }

    private bool Has(int user, Predicate<int> item)
    {
        foreach (int i in _rows.RowIndices(user))
            if (item(i)) return true;
        return false;
    }
}
