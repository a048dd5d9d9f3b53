using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>
/// Item factors that ALS can start at: the leading right singular directions of D_u^-1/2 W D_i^-1/2, W the confidences and D their sums by user and by item,
/// times D_i^1/2, at a mean squared norm of 1. Two passes of block subspace iteration from random signs find them (Halko, Martinsson and Tropp 2011): sparse
/// products and one factorization of K x K, a fraction of what an iteration of ALS costs.
/// </summary>
internal static class SpectralStart
{
    private const int Passes = 2;

    /// <param name="byUser">Confidences, users x items.</param>
    /// <param name="byItem">The same, items x users.</param>
    /// <returns>items x <paramref name="rank"/>; an item that nobody has is 0.</returns>
    public static FactorMatrix Items(SparseRows byUser, SparseRows byItem, int rank, StageContext context)
    {
        float[] users = Sums(byUser), items = Sums(byItem);
        var matrix = Normalized(byUser, users, items);
        var transposed = Normalized(byItem, items, users);
        var block = Signs(byItem.Rows, rank, context.Seed);
        var image = new FactorMatrix(byUser.Rows, rank);
        for (int pass = 0; pass < Passes; pass++)
        {
            SparseProduct.Multiply(matrix, block, image, context);
            SparseProduct.Multiply(transposed, image, block, context);
        }
        var spare = new FactorMatrix(block.Rows, rank);
        if (byUser.Count > 0) CholeskyQr.Orthonormalize(ref block, ref spare, context);
        Scale(block, items);
        return block;
    }

    private static float[] Sums(SparseRows rows)
    {
        var sums = new float[rows.Rows];
        for (int row = 0; row < sums.Length; row++)
            foreach (float value in rows.RowValues(row)) sums[row] += value;
        return sums;
    }

    private static SparseRows Normalized(SparseRows s, float[] rows, float[] columns)
    {
        var values = new float[s.Count];
        for (int row = 0; row < s.Rows; row++)
            for (int k = s.Pointers[row]; k < s.Pointers[row + 1]; k++) values[k] = s.Values[k] / MathF.Sqrt(rows[row] * columns[s.Indices[k]]);
        return new SparseRows(s.Rows, s.Columns, s.Pointers, s.Indices, values);
    }

    private static FactorMatrix Signs(int rows, int rank, ulong seed)
    {
        var block = new FactorMatrix(rows, rank);
        var random = new SplitMix64(seed, "ials spectral start");
        for (int r = 0; r < rows; r++)
        {
            ulong bits = 0;
            var row = block.Row(r);
            for (int k = 0; k < rank; k++, bits >>= 1)
            {
                if (k % 64 == 0) bits = random.Next();
                row[k] = (bits & 1) == 0 ? -1 : 1;
            }
        }
        return block;
    }

    private static void Scale(FactorMatrix items, float[] sums)
    {
        double squares = 0;
        for (int i = 0; i < items.Rows; i++)
        {
            float root = MathF.Sqrt(sums[i]);
            foreach (ref float x in items.Row(i))
            {
                x *= root;
                squares += (double)x * x;
            }
        }
        if (squares == 0) return;
        float scale = (float)Math.Sqrt(items.Rows / squares);
        foreach (ref float x in items.Values.AsSpan()) x *= scale;
    }
}
