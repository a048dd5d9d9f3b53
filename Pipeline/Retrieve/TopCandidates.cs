using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// The candidates of a block of users that have passed their user's threshold so far. A full slot is cut back to its best M, and the threshold raised to
/// a score that M of the items seen and allowed reach: an item below it cannot be in the answer.
/// Scores may come in approximately: then a slot has a margin that no score errs by more than, a cut keeps all that might be among the best M, and those are
/// scored exactly at the end, or before where they are too many. <c>users x (capacity + 32) x 8</c> bytes with capacity = max(512, 4 M).
/// </summary>
internal sealed unsafe class TopCandidates
{
    private const int Slack = 32;

    private readonly int _depth;
    private readonly int _capacity;
    private readonly int _stride;
    private readonly AlignedFloats _scores;
    private readonly int[] _items;
    private readonly int[] _counts;
    private readonly int[] _clean;
    private readonly float[] _thresholds;
    private readonly float[] _margins;
    private readonly int[] _exactCounts;
    private readonly ExactScores? _exact;
    private readonly OrderedScores _ordered;
    private readonly ulong[] _keys;
    private readonly RetrievalMask _mask;
    private readonly float* _score;
    private readonly int* _item;
    private int[] _users = [];

    /// <param name="exact">Where exact scores come from if those given are approximate; null where they are exact.</param>
    public TopCandidates(int slots, int depth, RetrievalMask mask, ExactScores? exact = null)
    {
        _exact = exact;
        _margins = new float[slots];
        _exactCounts = new int[slots];
        _depth = depth;
        _capacity = CapacityOf(depth);
        _stride = _capacity + Slack;
        _scores = new AlignedFloats((long)slots * _stride);
        _items = GC.AllocateArray<int>(checked(slots * _stride), pinned: true);
        _counts = new int[slots];
        _clean = new int[slots];
        _thresholds = new float[slots];
        _ordered = new OrderedScores(_stride);
        _keys = new ulong[_stride];
        _mask = mask;
        _score = _scores.Pointer;
        fixed (int* at = _items) _item = at;
    }

    public static int CapacityOf(int depth) => Math.Max(512, checked(4 * depth));

    /// <summary>A slot's threshold, less its margin: a score must reach it to be kept.</summary>
    public ReadOnlySpan<float> Thresholds => _thresholds;

    public void Start(int[] users)
    {
        _users = users;
        _counts.AsSpan().Clear();
        _clean.AsSpan().Clear();
        _thresholds.AsSpan().Fill(float.NegativeInfinity);
        _margins.AsSpan().Clear();
        _exactCounts.AsSpan().Clear();
    }

    /// <summary>No approximate score to come errs by more than <paramref name="margin"/>.</summary>
    public void SetMargin(int slot, float margin) => _margins[slot] = margin;

    /// <summary>Keeps the lanes of <paramref name="scores"/> that reach the slot's threshold; lane i is item <c>items[i]</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, Vector512<float> scores, Vector512<int> items)
    {
        var passes = Vector512.GreaterThanOrEqual(scores, Vector512.Create(_thresholds[slot]));
        ulong mask = passes.ExtractMostSignificantBits();
        if (mask == 0) return;
        if (!Avx512F.IsSupported)
        {
            for (; mask != 0; mask &= mask - 1)
            {
                int lane = BitOperations.TrailingZeroCount(mask);
                Add(slot, scores[lane], items[lane]);
            }
            return;
        }
        int count = _counts[slot];
        nint at = (nint)slot * _stride + count;
        Avx512F.Compress(Vector512<float>.Zero, passes, scores).Store(_score + at);
        Avx512F.Compress(Vector512<int>.Zero, passes.AsInt32(), items).Store(_item + at);
        _counts[slot] = count += BitOperations.PopCount(mask);
        if (count >= _capacity) Cut(slot);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int slot, float score, int item)
    {
        if (!(score >= _thresholds[slot])) return;
        int count = _counts[slot];
        _score[(nint)slot * _stride + count] = score;
        _item[(nint)slot * _stride + count] = item;
        _counts[slot] = ++count;
        if (count >= _capacity) Cut(slot);
    }

    /// <summary>Keeps the scores that reach the slot's threshold.</summary>
    /// <param name="count">A multiple of 16.</param>
    public void Add(int slot, float* scores, int* items, int count)
    {
        for (int i = 0; i < count; i += 16)
        {
            if (Vector512.IsHardwareAccelerated) Add(slot, Vector512.Load(scores + i), Vector512.Load(items + i));
            else
                for (int lane = i; lane < i + 16; lane++) Add(slot, scores[lane], items[lane]);
        }
    }

    /// <summary>Writes a slot's answer to user <paramref name="at"/> of <paramref name="to"/>.</summary>
    public void Finish(int slot, CandidateBlock to, int at)
    {
        Cut(slot, last: true);
        nint start = (nint)slot * _stride;
        int count = _counts[slot];
        for (int k = 0; k < count; k++) _keys[k] = TopOrder.Key(_score[start + k], _item[start + k]);
        _keys.AsSpan(0, count).Sort();
        to.Counts[at] = count;
        for (int k = 0; k < count; k++)
        {
            to.Items[at * to.Depth + k] = TopOrder.Item(_keys[k]);
            to.Scores[at * to.Depth + k] = TopOrder.Score(_keys[k]);
        }
    }

    /// <summary>Cuts a slot back to what may be among its best M, and raises its threshold.</summary>
    public void Cut(int slot) => Cut(slot, last: false);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Cut(int slot, bool last)
    {
        float* scores = _score + (nint)slot * _stride;
        int* items = _item + (nint)slot * _stride;
        int kept = DropRuledOut(slot, scores, items);
        if (_exact is not null)
        {
            if (kept > _depth) kept = DropHopeless(slot, scores, items, kept);
            int exact = _exactCounts[slot];
            bool settle = last || kept > _capacity / 2;
            if (settle) _exact.Write(slot, items + exact, scores + exact, kept - exact);
            if (settle && kept >= _depth) kept = KeepBest(slot, scores, items, kept);
            if (settle) _exactCounts[slot] = kept;
        }
        else if (kept >= _depth)
        {
            kept = KeepBest(slot, scores, items, kept);
        }
        _counts[slot] = _clean[slot] = kept;
    }

    private int KeepBest(int slot, float* scores, int* items, int kept) =>
        Avx512F.IsSupported ? KeepBestByValue(slot, scores, items, kept) : KeepBestByKey(slot, scores, items, kept);

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

    /// <summary>Keeps what reaches a value that exactly M scores reach; ties across the last place are left to the keys.</summary>
    private int KeepBestByValue(int slot, float* scores, int* items, int count)
    {
        _ordered.Fill(scores, count);
        var (value, reached) = _ordered.ReachedBy(_depth);
        if (reached > _depth) return KeepBestByKey(slot, scores, items, count);
        Raise(slot, OrderedScores.ToFloat(value));
        return _ordered.Compress(scores, items, value);
    }

    /// <param name="reached">A score that M exact ones are known to reach.</param>
    private void Raise(int slot, float reached)
    {
        float margin = _margins[slot];
        // The subtraction's own rounding must not lift the threshold.
        _thresholds[slot] = margin == 0 ? reached : reached - margin - MathF.Abs(reached) * 2e-7f;
    }

    private int KeepBestByKey(int slot, float* scores, int* items, int count)
    {
        var keys = _keys.AsSpan(0, count);
        for (int k = 0; k < count; k++) keys[k] = TopOrder.Key(scores[k], items[k]);
        TopOrder.MoveBest(keys, _depth);
        ulong worst = 0;
        for (int k = 0; k < _depth; k++)
        {
            scores[k] = TopOrder.Score(keys[k]);
            items[k] = TopOrder.Item(keys[k]);
            worst = Math.Max(worst, keys[k]);
        }
        Raise(slot, TopOrder.Score(worst));
        return _depth;
    }
}
