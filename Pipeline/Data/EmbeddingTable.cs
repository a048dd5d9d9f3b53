using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// items x d float32 rows of unit length, so the inner product of two rows is their cosine. A row of zeros stands for an item
/// of which nothing is known: its similarity to everything is 0. NaN-free by construction.
/// </summary>
internal sealed class EmbeddingTable
{
    private EmbeddingTable(FactorMatrix rows) => Vectors = rows;

    public FactorMatrix Vectors { get; }

    public int Items => Vectors.Rows;

    public int Dimension => Vectors.Rank;

    /// <summary>Normalizes every row in place and takes the matrix over.</summary>
    public static EmbeddingTable Normalize(FactorMatrix rows)
    {
        for (int i = 0; i < rows.Rows; i++)
        {
            var row = rows.Row(i);
            double square = 0;
            foreach (float x in row) square += (double)x * x;
            if (!double.IsFinite(square)) throw new ArgumentException($"row {i} holds a value that is not finite", nameof(rows));
            float scale = square > 0 ? (float)(1 / Math.Sqrt(square)) : 0;
            for (int k = 0; k < row.Length; k++) row[k] *= scale;
        }
        return new EmbeddingTable(rows);
    }

    /// <summary>Takes rows that are of unit length already, or zeros, over bit for bit.</summary>
    /// <exception cref="ArgumentException">A row is neither, within 0.001.</exception>
    public static EmbeddingTable OfUnitRows(FactorMatrix rows)
    {
        for (int i = 0; i < rows.Rows; i++)
        {
            double square = 0;
            foreach (float x in rows.Row(i)) square += (double)x * x;
            if (square != 0 && !(Math.Abs(square - 1) < 2e-3))
                throw new ArgumentException($"row {i} has the squared length {square}; expected 1, or a row of zeros", nameof(rows));
        }
        return new EmbeddingTable(rows);
    }
}
