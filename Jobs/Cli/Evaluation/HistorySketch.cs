using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Jobs.Cli.Evaluation;

/// <summary>
/// Items as unit vectors in which inner products estimate the cosine of their columns of users: a count sketch (Charikar, Chen and Farach-Colton 2002) over
/// user indices. It needs no model, so intra-list distances of different models are distances in one space.
/// </summary>
internal static class HistorySketch
{
    /// <summary>The error of a cosine has mean 0 and a standard deviation of at most 1 / sqrt(dimension).</summary>
    private const int Dimension = 128;

    public static EmbeddingTable Of(SparseRows byUser)
    {
        var rows = new FactorMatrix(byUser.Columns, Dimension);
        for (int u = 0; u < byUser.Rows; u++)
        {
            ulong hash = Mix((ulong)u);
            int slot = (int)(hash % Dimension);
            float sign = (hash >> 63) == 0 ? 1 : -1;
            foreach (int item in byUser.RowIndices(u)) rows.Row(item)[slot] += sign;
        }
        return EmbeddingTable.Normalize(rows);
    }

    // The finalizer of SplitMix64: neighboring users must not share slots and signs.
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }
}
