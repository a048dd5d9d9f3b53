using System.Buffers;
using System.Numerics.Tensors;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Entry after entry, the candidate i with the greatest <c>relevance(i) + lambda * gain(i)</c>, the first of them where several are equal. The gain is the mean
/// of one or more kinds of diversity. Memory: 3 floats a candidate, rented, and what the gains take.
/// </summary>
internal sealed partial class GreedyDiversifier : IDiversifier
{
    private readonly IDiversityGain[] _gains;
    private readonly UserLambda _lambda;

    public GreedyDiversifier(UserLambda lambda, params IDiversityGain[] gains) => (_lambda, _gains) = (lambda, gains);

    public int Choose(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list)
    {
        int n = items.Length;
        int length = Math.Min(n, list.Length);
        double lambda = _lambda.Of(user);
        if (lambda == 0)
        {
            for (int k = 0; k < length; k++) list[k] = new ListEntry(k, relevance[k], 0);
            return length;
        }
        float weight = (float)(lambda / _gains.Length);
        float[] rented = ArrayPool<float>.Shared.Rent(3 * n);
        var left = rented.AsSpan(0, n);
        var gains = rented.AsSpan(n, n);
        var objective = rented.AsSpan(2 * n, n);
        relevance.CopyTo(left);
        var growing = new IListGain[_gains.Length];
        for (int g = 0; g < growing.Length; g++) growing[g] = _gains[g].Begin(user, items, relevance);
        for (int entry = 0; entry < length; entry++)
        {
            gains.Clear();
            foreach (var gain in growing) gain.AddTo(gains);
            TensorPrimitives.Multiply(gains, weight, gains);
            TensorPrimitives.Add<float>(left, gains, objective);
            int best = TensorPrimitives.IndexOfMax<float>(objective);
            list[entry] = new ListEntry(best, relevance[best], gains[best]);
            left[best] = float.NegativeInfinity;
            if (entry + 1 == length) break;
            foreach (var gain in growing) gain.Take(best);
        }
        foreach (var gain in growing) gain.Dispose();
        ArrayPool<float>.Shared.Return(rented);
        return length;
    }
}
