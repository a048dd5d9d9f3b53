using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.Intrinsics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Top-M for any scorer: a chunk of users is scored against a panel of items, then each row is compared with its user's threshold, a register at a time.
/// Memory a thread: <see cref="ScoreFloats"/> floats of scores (or one panel of one user, where that is more), the survivors of a chunk, a bit an item.
/// </summary>
internal sealed class ScoredSession : IRetrievalSession
{
    private const int ScoreFloats = 1 << 22;

    private readonly IBlockScorer _scorer;
    private readonly RetrievalRequest _request;
    private readonly RetrievalMask _mask;
    private readonly int _panel;
    private readonly int _chunk;
    private readonly ConcurrentBag<(float[] Scores, TopCandidates TopCandidates)> _idle = [];

    public ScoredSession(IBlockScorer scorer, RetrievalRequest request)
    {
        _scorer = scorer;
        _request = request;
        _mask = RetrievalMask.Of(request, scorer.Items);
        _panel = Math.Clamp(scorer.PreferredPanel, 1, Math.Max(1, scorer.Items));
        _chunk = Math.Clamp(ScoreFloats / _panel, 1, CandidateBlock.MaxUsers);
    }

    public CandidateBlock Retrieve(int[] users)
    {
        ExactRetriever.CheckUsers(users, _scorer.Users);
        var result = new CandidateBlock(users, _request.Depth);
        if (!_idle.TryTake(out var scratch))
            scratch = (new float[(long)_chunk * _panel], new TopCandidates(_chunk, _request.Depth, _mask.ForAnotherThread()));
        for (int first = 0; first < users.Length; first += _chunk)
        {
            int count = Math.Min(_chunk, users.Length - first);
            Fill(users.AsSpan(first, count), scratch.Scores, scratch.TopCandidates);
            for (int u = 0; u < count; u++) scratch.TopCandidates.Finish(u, result, first + u);
        }
        _idle.Add(scratch);
        return result;
    }

    private void Fill(ReadOnlySpan<int> users, float[] scores, TopCandidates survivors)
    {
        survivors.Start(users.ToArray());
        for (int item = 0; item < _scorer.Items; item += _panel)
        {
            int count = Math.Min(_panel, _scorer.Items - item);
            _scorer.Score(users, item, count, scores, _panel);
            for (int u = 0; u < users.Length; u++)
            {
                if (Scan(survivors, u, scores.AsSpan(u * _panel, count), item)) continue;
                int at = scores.AsSpan(u * _panel, count).IndexOf(float.NaN);
                throw new RunFailedException(
                    $"the score of user index {users[u]} and item index {item + at} is NaN; expected a number: the model has diverged, "
                    + $"train it again with more regularization");
            }
        }
    }

    /// <summary>False where a score is NaN.</summary>
    private static bool Scan(TopCandidates survivors, int slot, ReadOnlySpan<float> scores, int firstItem)
    {
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            var ordered = Vector512<float>.AllBitsSet;
            for (; i + Vector512<float>.Count <= scores.Length; i += Vector512<float>.Count)
            {
                var v = Vector512.Create(scores[i..]);
                ordered &= Vector512.Equals(v, v);
                survivors.Add(slot, v, Vector512<int>.Indices + Vector512.Create(firstItem + i));
            }
            if (ordered.ExtractMostSignificantBits() != 0xFFFF) return false;
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            var ordered = Vector256<float>.AllBitsSet;
            for (; i + Vector256<float>.Count <= scores.Length; i += Vector256<float>.Count)
            {
                var v = Vector256.Create(scores[i..]);
                ordered &= Vector256.Equals(v, v);
                uint reached = Vector256.GreaterThanOrEqual(v, Vector256.Create(survivors.Thresholds[slot])).ExtractMostSignificantBits();
                for (; reached != 0; reached &= reached - 1)
                {
                    int lane = BitOperations.TrailingZeroCount(reached);
                    survivors.Add(slot, v[lane], firstItem + i + lane);
                }
            }
            if (ordered.ExtractMostSignificantBits() != 0xFF) return false;
        }
        for (; i < scores.Length; i++)
        {
            if (float.IsNaN(scores[i])) return false;
            survivors.Add(slot, scores[i], firstItem + i);
        }
        return true;
    }
}
