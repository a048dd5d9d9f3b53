using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>Numbers of pairs of rows, as the factors of a normalization.</summary>
internal static class Degrees
{
    /// <summary>degree^exponent of each row; a row without pairs counts as one with a single pair.</summary>
    public static float[] ToPower(SparseRows rows, double exponent)
    {
        var powers = new float[rows.Rows];
        for (int r = 0; r < powers.Length; r++) powers[r] = (float)Math.Pow(Math.Max(1, rows.RowLength(r)), exponent);
        return powers;
    }
}
