namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>
/// A matrix in 7 bits, with a scale for each column and zero at 0. Two products of such a weight with 8 bits of activation add up within 16 bits, so
/// vpmaddubsw, which processors without VNNI use, does not saturate: the integers are the same on every processor.
/// </summary>
/// <param name="Values">rows x columns, row-major, -64 to 63.</param>
/// <param name="Scales">One a column.</param>
internal sealed record ColumnQuantization(sbyte[] Values, float[] Scales)
{
    private const int Least = -64, Most = 63;

    /// <summary>Scales that are tried, as shares of the one under which nothing is clipped.</summary>
    private static readonly float[] s_shares = [1f, 0.97f, 0.94f, 0.91f, 0.88f, 0.85f, 0.82f, 0.79f, 0.76f, 0.73f, 0.7f];

    /// <summary>Each column under the scale that leaves the least square error.</summary>
    public static ColumnQuantization Of(ConstantMatrix matrix)
    {
        var values = new sbyte[matrix.Values.Length];
        var scales = new float[matrix.Columns];
        var column = new float[matrix.Rows];
        for (int at = 0; at < matrix.Columns; at++)
        {
            float most = 0;
            for (int row = 0; row < matrix.Rows; row++)
            {
                column[row] = matrix.Values[row * matrix.Columns + at];
                most = Math.Max(most, Math.Abs(column[row]));
            }
            // A column of zeros has any scale.
            float scale = most == 0 ? 1 : s_shares.Select(share => share * most / Most).MinBy(s => Error(column, s));
            scales[at] = scale;
            for (int row = 0; row < matrix.Rows; row++) values[row * matrix.Columns + at] = (sbyte)Rounded(column[row], scale);
        }
        return new ColumnQuantization(values, scales);
    }

    /// <summary>A row of the matrix: the sum of its squares, and of those of what rounding changes.</summary>
    public (double Square, double Off) Row(ConstantMatrix matrix, int row)
    {
        double square = 0, off = 0;
        for (int column = 0, at = row * matrix.Columns; column < matrix.Columns; column++, at++)
        {
            double value = matrix.Values[at], difference = value - (double)Scales[column] * Values[at];
            square += value * value;
            off += difference * difference;
        }
        return (square, off);
    }

    private static double Error(float[] column, float scale)
    {
        double error = 0;
        foreach (float x in column)
        {
            double off = x - (double)scale * Rounded(x, scale);
            error += off * off;
        }
        return error;
    }

    private static int Rounded(float x, float scale) => (int)Math.Clamp(MathF.Round(x / scale), Least, Most);
}
