using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// A low-rank map over an encoder's vectors of width d, <c>v' = (I + A B^T) v</c>, scaled to unit length (LoRA's form, Hu et al. 2022, over the vectors
/// themselves). It is linear, so it can stand inside the encoder's graph as well, before or behind a mean over tokens (<see cref="TunedGraph"/>).
/// </summary>
/// <param name="Out">A, d x rank.</param>
/// <param name="In">B, d x rank.</param>
internal sealed record TextAdapter(FactorMatrix Out, FactorMatrix In)
{
    public int Dimension => Out.Rows;

    public int Rank => Out.Rank;

    /// <summary>The vectors as the map makes them; a row of zeros, which nothing is known of, stays one.</summary>
    public EmbeddingTable Apply(EmbeddingTable table, int threads, CancellationToken cancellation = default) =>
        EmbeddingTable.Normalize(Apply(table.Vectors, threads, cancellation));

    /// <summary>The same before it is scaled.</summary>
    internal unsafe FactorMatrix Apply(FactorMatrix vectors, int threads, CancellationToken cancellation = default)
    {
        var inner = new FactorMatrix(vectors.Rows, Rank);
        Gemm.Multiply(vectors, In, inner, threads, cancellation);
        var mapped = new FactorMatrix(vectors.Rows, vectors.Rank, (float[])vectors.Values.Clone());
        fixed (float* a = inner.Values, b = Out.Values, c = mapped.Values)
            Gemm.MultiplyAdd(1, MatrixView.Of(inner, a), MatrixView.Of(Out, b).Transposed, MatrixView.Of(mapped, c), threads, cancellation);
        return mapped;
    }
}
