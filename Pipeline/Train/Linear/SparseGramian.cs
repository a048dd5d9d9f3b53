using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>X^T X of a sparse matrix, dense. Each row of the result is summed over its item's users in order, by one thread.</summary>
internal static class SparseGramian
{
    private const int ChunkItems = 16;

    /// <summary>Writes the lower triangle; the upper is left as it is.</summary>
    /// <param name="byItem">The transpose of <paramref name="byUser"/>.</param>
    /// <param name="useValues">false: every pair counts 1.</param>
    public static void Lower(SparseRows byUser, SparseRows byItem, bool useValues, LargeMatrix gram, StageContext context)
    {
        int items = byUser.Columns;
        // The last rows of the triangle are the longest: first.
        context.ForEachPiece((items + ChunkItems - 1) / ChunkItems, piece =>
        {
            int chunk = (items + ChunkItems - 1) / ChunkItems - 1 - piece;
            for (int item = chunk * ChunkItems; item < Math.Min(items, (chunk + 1) * ChunkItems); item++)
            {
                var row = gram.Row(item)[..(item + 1)];
                row.Clear();
                var users = byItem.RowIndices(item);
                var values = byItem.RowValues(item);
                for (int k = 0; k < users.Length; k++)
                    Add(useValues ? values[k] : 1, byUser.RowIndices(users[k]), byUser.RowValues(users[k]), useValues, row);
            }
        });
    }

    private static void Add(float scale, ReadOnlySpan<int> indices, ReadOnlySpan<float> values, bool useValues, Span<float> row)
    {
        for (int k = 0; k < indices.Length && indices[k] < row.Length; k++) row[indices[k]] += useValues ? scale * values[k] : 1;
    }
}
