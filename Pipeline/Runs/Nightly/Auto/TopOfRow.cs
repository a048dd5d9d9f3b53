using System.Numerics.Tensors;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Auto;

/// <summary>The K highest of a row, the first item first where scores are equal: an insertion for the few values that pass the threshold.</summary>
internal sealed class TopOfRow(int k)
{
    private const int Stretch = 64;

    private readonly float[] _scores = new float[k];
    private readonly int[] _items = new int[k];

    /// <summary>Items, best first; those of minus infinity are left out. Valid until the next call.</summary>
    public ReadOnlySpan<int> Of(ReadOnlySpan<float> row)
    {
        int count = 0;
        float least = float.NegativeInfinity;
        for (int from = 0; from < row.Length; from += Stretch)
        {
            var stretch = row.Slice(from, Math.Min(Stretch, row.Length - from));
            // Nearly every stretch lies below the threshold as a whole, which one vectorized pass tells.
            if (count == k && !(TensorPrimitives.MaxNumber(stretch) > least)) continue;
            for (int i = 0; i < stretch.Length; i++)
            {
                float score = stretch[i];
                if (!(score > least)) continue;
                int at = count < k ? count++ : k - 1;
                while (at > 0 && _scores[at - 1] < score)
                {
                    (_scores[at], _items[at]) = (_scores[at - 1], _items[at - 1]);
                    at--;
                }
                (_scores[at], _items[at]) = (score, from + i);
                if (count == k) least = _scores[k - 1];
            }
        }
        return _items.AsSpan(0, count);
    }
}
