using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>Factors of a user as the weighed sum of those of their history's items, made when asked for.</summary>
internal sealed class HistoryRows(SparseRows weights, FactorMatrix inward) : IFactorRows
{
    public int Rows => weights.Rows;

    public int Rank => inward.Rank;

    public void Write(int row, Span<float> to) => SparseProduct.Row(weights, row, inward, to);
}
