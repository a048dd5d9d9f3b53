using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>Inner products; what history item h adds to a score is <c>x_h in_h . out_j</c>.</summary>
/// <param name="inward">By class of the item that is scored.</param>
internal sealed class SpectralScorer(InnerProducts products, FactorMatrix[] inward, SparseRows weights) : FactorScorer(products), IContributionScorer
{
    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        var row = weights.RowIndices(user);
        var values = weights.RowValues(user);
        var target = Products.Items.PaddedRow(item);
        var adds = inward[Products.ClassOf(item)];
        if (history.SequenceEqual(row))
        {
            RowDots.Write(target, adds, history, contributions);
            for (int h = 0; h < history.Length; h++) contributions[h] *= values[h];
            return;
        }
        for (int h = 0; h < history.Length; h++)
        {
            int at = row.BinarySearch(history[h]);
            contributions[h] = at < 0 ? 0 : values[at] * VectorMath.Dot(adds.PaddedRow(history[h]), target);
        }
    }
}
