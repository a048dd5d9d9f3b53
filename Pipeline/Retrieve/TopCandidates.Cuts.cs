using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>How a slot is cut back, and its threshold raised.</summary>
internal sealed unsafe partial class TopCandidates
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Cut(int slot, bool last)
    {
        float* scores = _score + (nint)slot * _stride;
        int* items = _item + (nint)slot * _stride;
        int kept = DropRuledOut(slot, scores, items);
        if (_exact is null)
        {
            if (kept >= _depth) kept = KeepBestByValue(slot, scores, items, kept, _depth);
        }
        else if (_above && !last && float.IsNegativeInfinity(_floors[slot]))
        {
            if (kept > _kept) kept = KeepHighest(slot, scores, items, kept);
        }
        else
        {
            if (!_above && kept > _depth) kept = DropHopeless(slot, scores, items, kept);
            if (last || kept > _capacity / 2) kept = ScoreExactly(slot, scores, items, kept);
        }
        _counts[slot] = _clean[slot] = kept;
    }

    /// <summary>Of scores from above the highest stay, and what is dropped is known by the highest that it may be.</summary>
    private int KeepHighest(int slot, float* scores, int* items, int kept)
    {
        _ordered.Fill(scores, kept);
        // Some more may stay, which spares most of the steps to the exact value; but ties may make them too many.
        int more = _kept / 4;
        var (value, reached) = _ordered.ReachedBy(_kept, more);
        if (reached > _kept + more)
        {
            kept = KeepBestByKey(slot, scores, items, kept, _kept);
            float least = scores[0];
            for (int k = 1; k < kept; k++) least = MathF.Min(least, scores[k]);
            _dropped[slot] = MathF.Max(_dropped[slot], least);
            return kept;
        }
        // An earlier cut may have dropped what lies above this value, by which a score is known to reach it all the same.
        _dropped[slot] = MathF.Max(_dropped[slot], OrderedScores.ToFloat(value));
        Raise(slot, _dropped[slot]);
        return _ordered.Compress(scores, items, value);
    }

    /// <summary>
    /// Scores exactly what may be among the best M. Of scores from above the M highest go first: by what they turn out to be most others are out unscored.
    /// </summary>
    private int ScoreExactly(int slot, float* scores, int* items, int kept)
    {
        int exact = _exactCounts[slot];
        while (exact < kept)
        {
            int some = _above ? HighestFirst(scores + exact, items + exact, kept - exact) : kept - exact;
            _exact!.Write(slot, items + exact, scores + exact, some);
            int scored = exact + some;
            exact = scored >= _depth ? KeepBestByValue(slot, scores, items, scored, _depth) : scored;
            int next = exact;
            for (int k = scored; k < kept; k++)
            {
                if (!(scores[k] >= _thresholds[slot])) continue;
                (scores[next], items[next]) = (scores[k], items[k]);
                next++;
            }
            kept = next;
        }
        return _exactCounts[slot] = kept;
    }

    /// <summary>Moves some M scores, the highest, to the front; returns how many.</summary>
    private int HighestFirst(float* scores, int* items, int count)
    {
        if (count <= _depth) return count;
        _ordered.Fill(scores, count);
        float value = OrderedScores.ToFloat(_ordered.ReachedBy(_depth).Value);
        int first = 0;
        for (int k = 0; k < count; k++)
        {
            if (!(scores[k] >= value)) continue;
            (scores[first], scores[k]) = (scores[k], scores[first]);
            (items[first], items[k]) = (items[k], items[first]);
            first++;
        }
        return first;
    }

    private int DropRuledOut(int slot, float* scores, int* items)
    {
        _mask.TurnTo(_users[slot]);
        int kept = _clean[slot];
        int count = _counts[slot];
        for (int k = kept; k < count; k++)
        {
            // Written either way: what is ruled out is overwritten by the next.
            int item = items[k];
            scores[kept] = scores[k];
            items[kept] = item;
            kept += item >= 0 && !_mask.RulesOut(item) ? 1 : 0;
        }
        return kept;
    }

    /// <summary>
    /// M approximate scores reach v, so M exact ones reach v less the margin, and what lies below v by more than twice the margin cannot be among the best M.
    /// </summary>
    private int DropHopeless(int slot, float* scores, int* items, int count)
    {
        _ordered.Fill(scores, count);
        float reached = OrderedScores.ToFloat(_ordered.ReachedBy(_depth).Value);
        Raise(slot, reached - _margins[slot] - MathF.Abs(reached) * 2e-7f);
        int bound = OrderedScores.ToOrdered(_thresholds[slot]);
        int exact = _exactCounts[slot];
        if (exact > 0) _exactCounts[slot] = _ordered.CountReaching(exact, bound);
        return _ordered.Compress(scores, items, bound);
    }

    /// <summary>Keeps what reaches a value that exactly so many scores reach; ties across the last place are left to the keys.</summary>
    private int KeepBestByValue(int slot, float* scores, int* items, int count, int depth)
    {
        _ordered.Fill(scores, count);
        var (value, reached) = _ordered.ReachedBy(depth);
        if (reached > depth) return KeepBestByKey(slot, scores, items, count, depth);
        Raise(slot, OrderedScores.ToFloat(value));
        return _ordered.Compress(scores, items, value);
    }

    /// <param name="reached">A score that M exact ones are known to reach.</param>
    private void Raise(int slot, float reached)
    {
        float margin = _margins[slot];
        // The subtraction's own rounding must not lift the threshold.
        _thresholds[slot] = MathF.Max(_floors[slot], margin == 0 ? reached : reached - margin - MathF.Abs(reached) * 2e-7f);
    }

    private int KeepBestByKey(int slot, float* scores, int* items, int count, int depth)
    {
        var keys = _keys.AsSpan(0, count);
        for (int k = 0; k < count; k++) keys[k] = TopOrder.Key(scores[k], items[k]);
        TopOrder.MoveBest(keys, depth);
        ulong worst = 0;
        for (int k = 0; k < depth; k++)
        {
            scores[k] = TopOrder.Score(keys[k]);
            items[k] = TopOrder.Item(keys[k]);
            worst = Math.Max(worst, keys[k]);
        }
        Raise(slot, TopOrder.Score(worst));
        return depth;
    }
}
