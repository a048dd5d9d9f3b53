using System.Buffers;
using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// The same choice under rules of the shop: at each entry the rules say which candidates may be taken, and the objective which of them is. Where rules place
/// entries, the list is chosen first and put into order after, again by the objective, so that a promotion that may stand anywhere stands where it belongs.
/// </summary>
internal sealed partial class GreedyDiversifier
{
    public int Choose(
        int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list, IListSelection? selection, Span<float> rest)
    {
        int n = items.Length;
        double lambda = _lambda.Of(user);
        float weight = lambda == 0 ? 0 : (float)(lambda / _gains.Length);
        float[] rented = ArrayPool<float>.Shared.Rent(3 * n);
        var worth = rented.AsSpan(0, n);
        var gains = rented.AsSpan(n, n);
        var objective = rented.AsSpan(2 * n, n);
        relevance.CopyTo(worth);
        if (selection is not null) TensorPrimitives.Add(worth, selection.Boosts, worth);
        var growing = new IListGain[lambda == 0 ? 0 : _gains.Length];
        for (int g = 0; g < growing.Length; g++) growing[g] = _gains[g].Begin(user, items, relevance);
        var left = new bool[n];
        left.AsSpan().Fill(true);
        int length = 0;
        while (true)
        {
            Objective(growing, weight, worth, gains, objective);
            int best = selection?.Next(objective) ?? Best(objective, left, Math.Min(n, list.Length) - length);
            if (best < 0) break;
            left[best] = false;
            list[length++] = new ListEntry(best, relevance[best], gains[best]) { Boost = selection is null ? 0 : selection.Boosts[best] };
            foreach (var gain in growing) gain.Take(best);
        }
        if (!rest.IsEmpty) objective.CopyTo(rest);
        foreach (var gain in growing) gain.Dispose();
        ArrayPool<float>.Shared.Return(rented);
        if (selection is { HasPlaces: true } && length > 0) Order(user, items, relevance, list[..length], selection, weight);
        return length;
    }

    private static int Best(ReadOnlySpan<float> objective, bool[] left, int room)
    {
        int best = -1;
        for (int k = 0; room > 0 && k < left.Length; k++)
            if (left[k] && (best < 0 || objective[k] > objective[best])) best = k;
        return best;
    }

    /// <summary>Puts chosen entries into the order of the objective, those with a place of their own there.</summary>
    private void Order(
        int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list, IListSelection selection, float weight)
    {
        int n = list.Length;
        var chosen = new int[n];
        for (int entry = 0; entry < n; entry++) chosen[entry] = list[entry].Position;
        // Ascending positions are descending relevance, as candidates come.
        Array.Sort(chosen);
        var (ofItems, ofRelevance, worth) = (new int[n], new float[n], new float[n]);
        var (gains, objective, left) = (new float[n], new float[n], new bool[n]);
        var fixedAt = new int[n];
        fixedAt.AsSpan().Fill(-1);
        for (int k = 0; k < n; k++)
        {
            (ofItems[k], ofRelevance[k]) = (items[chosen[k]], relevance[chosen[k]]);
            worth[k] = relevance[chosen[k]] + selection.Boosts[chosen[k]];
            left[k] = true;
        }
        for (int k = 0; k < n; k++)
        {
            // A short list has no place 8: what should stand there stands at its end.
            if (selection.PlaceOf(chosen[k]) is >= 0 and var place) fixedAt[Free(fixedAt, Math.Min(place, n - 1))] = k;
        }
        var growing = new IListGain[weight == 0 ? 0 : _gains.Length];
        for (int g = 0; g < growing.Length; g++) growing[g] = _gains[g].Begin(user, ofItems, ofRelevance);
        for (int k = 0; k < n; k++)
            if (fixedAt[k] >= 0) left[fixedAt[k]] = false;
        for (int entry = 0; entry < n; entry++)
        {
            Objective(growing, weight, worth, gains, objective);
            int best = fixedAt[entry] >= 0 ? fixedAt[entry] : Best(objective, left, room: 1);
            left[best] = false;
            list[entry] = new ListEntry(chosen[best], ofRelevance[best], gains[best]) { Boost = selection.Boosts[chosen[best]] };
            foreach (var gain in growing) gain.Take(best);
        }
        foreach (var gain in growing) gain.Dispose();
    }

    private static int Free(int[] fixedAt, int place)
    {
        while (fixedAt[place] >= 0) place--;
        return place;
    }

    private static void Objective(IListGain[] growing, float weight, ReadOnlySpan<float> worth, Span<float> gains, Span<float> objective)
    {
        gains.Clear();
        foreach (var gain in growing) gain.AddTo(gains);
        TensorPrimitives.Multiply(gains, weight, gains);
        TensorPrimitives.Add(worth, gains, objective);
    }
}
