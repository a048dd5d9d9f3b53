using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>L^-1 of a Cholesky factor by forward substitution in double, strips of columns in parallel, given as float32 for a matrix product.</summary>
internal static class TriangularInverse
{
    private const int StripColumns = 64;

    public static FactorMatrix Of(DoubleCholesky factor, StageContext context)
    {
        int n = factor.Order;
        var lower = factor.Lower.ToArray();
        var inverse = new FactorMatrix(n, n);
        context.ForEachPiece((n + StripColumns - 1) / StripColumns, () => new double[n * StripColumns], (piece, strip) =>
        {
            int first = piece * StripColumns;
            int width = Math.Min(StripColumns, n - first);
            for (int i = first; i < n; i++)
            {
                var row = strip.AsSpan(i * StripColumns, width);
                row.Clear();
                if (i - first < width) row[i - first] = 1;
                for (int j = first; j < i; j++)
                    TensorPrimitives.MultiplyAdd(strip.AsSpan(j * StripColumns, width), -lower[i * n + j], row, row);
                TensorPrimitives.Multiply(row, 1 / lower[i * n + i], row);
                var to = inverse.Row(i).Slice(first, width);
                for (int c = 0; c < width; c++) to[c] = (float)row[c];
            }
        });
        return inverse;
    }
}
