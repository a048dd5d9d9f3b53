using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>Rows of several tables side by side, each times its own weight, made when asked for.</summary>
/// <param name="weights">By part, then by row.</param>
internal sealed class WeightedRows(IFactorRows[] parts, float[][] weights) : IFactorRows
{
    private const int LongestOnStack = 1024;

    public int Rows => parts[0].Rows;

    public int Rank { get; } = parts.Sum(p => p.Rank);

    public void Write(int row, Span<float> to)
    {
        int longest = FactorMatrix.StrideOf(parts.Max(p => p.Rank));
        var own = longest <= LongestOnStack ? stackalloc float[longest] : new float[longest];
        int at = 0;
        for (int part = 0; part < parts.Length; part++)
        {
            int rank = parts[part].Rank;
            parts[part].Write(row, own[..FactorMatrix.StrideOf(rank)]);
            TensorPrimitives.Multiply(own[..rank], weights[part][row], to.Slice(at, rank));
            at += rank;
        }
        to[at..].Clear();
    }
}
