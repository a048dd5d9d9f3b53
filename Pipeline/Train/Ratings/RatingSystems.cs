using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>
/// One side's systems while the other side's factors stay: a row with ratings r_j of others v_j, whose given bias is c_j, solves
/// <c>(sum_j v_j v_j^T + R) x = sum_j ((r_j - mu) / sigma - c_j) v_j</c>, with v_j's column of that bias left out and R the diagonal of the regularization. K^2
/// operations a rating and K^3 / 3 a row. Rows are their own work, so the threads do not show.
/// </summary>
/// <param name="given">The column of the other side's bias: <see cref="RatingColumns"/>.</param>
internal sealed unsafe class RatingSystems(SparseRows ratings, FactorMatrix others, int given, RatingRule rule)
{
    private const int ChunkRows = 64;

    /// <summary>A piece is a run of rows with about so many ratings: small enough that the longest do not keep one thread alone.</summary>
    private const int PieceRatings = 4096;

    private const int MatrixSlot = 0;
    private const int ChunkSlot = 1;

    private readonly int _own = RatingColumns.UserBias(others) + RatingColumns.ItemBias(others) - given;

    /// <summary>Solves every row into <paramref name="target"/>; one without ratings has no factors and no bias.</summary>
    public void Solve(FactorMatrix target, StageContext context)
    {
        var pieces = Pieces().ToArray();
        context.ForEachPiece(pieces.Length, static () => new AlsWorkspace(), (piece, workspace) =>
        {
            for (int row = pieces[piece].From; row < pieces[piece].To; row++)
            {
                var to = target.PaddedRow(row);
                to.Clear();
                if (ratings.RowLength(row) > 0)
                {
                    fixed (float* x = to)
                    {
                        float* factor = Factor(row, workspace, x);
                        SmallCholesky.Solve(factor, others.Stride, x);
                    }
                }
                to[given] = 1;
            }
        });
    }

    /// <summary>The Cholesky factor of a row's matrix, in the workspace until its next use.</summary>
    /// <param name="right">The right side is added to it; null leaves it out.</param>
    public float* Factor(int row, AlsWorkspace workspace, float* right = null)
    {
        int width = others.Stride;
        float* matrix = workspace.Get(MatrixSlot, (long)width * width);
        float* chunk = workspace.Get(ChunkSlot, (long)ChunkRows * width);
        new Span<float>(matrix, width * width).Clear();
        float regularization = rule.Options.RegularizationOf(ratings.RowLength(row));
        for (int k = 0; k < width; k++)
        {
            matrix[(nint)k * width + k] = k < others.Rank - RatingColumns.Count ? regularization
                : k == _own ? (float)rule.Options.BiasRegularization
                : 1;
        }
        for (int first = ratings.Pointers[row]; first < ratings.Pointers[row + 1]; first += ChunkRows)
        {
            int count = Math.Min(ChunkRows, ratings.Pointers[row + 1] - first);
            for (int j = 0; j < count; j++)
            {
                float* v = chunk + (nint)j * width;
                float residual = Features(ratings.Indices[first + j], ratings.Values[first + j], v);
                if (right != null) VectorMath.Axpy(residual, new ReadOnlySpan<float>(v, width), new Span<float>(right, width));
            }
            SmallGramian.Update(Simd.Widest, 1, chunk, count, width, matrix, 0, width);
        }
        int failed = SmallCholesky.Factor(matrix, width);
        if (failed < 0) return matrix;
        throw new RunFailedException(
            $"{AlsRatingsTrainer.Name}: the system of row {row} ({ratings.RowLength(row)} ratings) is not positive definite at dimension {failed}: "
            + "factors have grown out of float32; raise Train:AlsRatings:Regularization");
    }

    /// <summary>Writes v_j without the given bias.</summary>
    /// <returns>What the rating leaves for this side to explain: (r_j - mu) / sigma - c_j.</returns>
    public float Features(int other, float rating, float* to)
    {
        var row = new Span<float>(to, others.Stride);
        others.PaddedRow(other).CopyTo(row);
        float residual = (float)((rating - rule.Mean) / rule.Deviation - row[given]);
        row[given] = 0;
        return residual;
    }

    private IEnumerable<(int From, int To)> Pieces()
    {
        int from = 0;
        for (int row = 0; row < ratings.Rows; row++)
        {
            if (ratings.Pointers[row + 1] - ratings.Pointers[from] < PieceRatings && row - from < PieceRatings) continue;
            yield return (from, row + 1);
            from = row + 1;
        }
        if (from < ratings.Rows) yield return (from, ratings.Rows);
    }
}
