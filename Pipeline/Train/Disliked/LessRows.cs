using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Disliked;

/// <summary>Rows of one table, less weighed rows of another where a user dislikes anything; made when asked for.</summary>
internal sealed class LessRows(IFactorRows wanted, IFactorRows unwanted, SparseRows disliked, float weight) : IFactorRows
{
    public int Rows => wanted.Rows;

    public int Rank => wanted.Rank;

    public void Write(int row, Span<float> to)
    {
        wanted.Write(row, to);
        if (disliked.RowLength(row) == 0) return;
        var against = new float[to.Length];
        unwanted.Write(row, against);
        TensorPrimitives.MultiplyAdd(against, -weight, to, to);
    }
}
