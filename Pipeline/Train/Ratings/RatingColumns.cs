using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>
/// How biases stand beside factors, so that a rating is one inner product: a user's row is <c>[p, b_u, 1]</c> and an item's <c>[q, 1, b_i]</c>. While one side
/// is solved, the column that holds the other side's bias is given.
/// </summary>
internal static class RatingColumns
{
    /// <summary>Columns beside the factors.</summary>
    public const int Count = 2;

    public static int UserBias(FactorMatrix factors) => factors.Rank - 2;

    public static int ItemBias(FactorMatrix factors) => factors.Rank - 1;
}
