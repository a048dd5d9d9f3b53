using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>
/// How the products of one activation are quantized. Where a few channels of it are far larger than the others, a grid for all is too coarse for most; such
/// channels are then divided by numbers with which the rows of the weights are multiplied (SmoothQuant, Xiao et al. 2023).
/// </summary>
/// <param name="Divisors">One a channel of the activation; null where it is quantized as it is.</param>
/// <param name="Weights">One for each matrix, in order.</param>
/// <param name="Error">
/// What is expected of the products' mean square error as a share of their mean square, rounding errors and channels taken as independent of each other.
/// </param>
internal sealed record ProductQuantization(ActivationGrid Grid, float[]? Divisors, IReadOnlyList<ColumnQuantization> Weights, double Error)
{
    /// <summary>How much of the difference between channels goes into the weights; 0.5 shares it.</summary>
    private static readonly double[] s_strengths = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8];

    /// <summary>Division is a pass of its own over the activation: it must at least halve the error.</summary>
    private const double WorthDividing = 0.5;

    /// <param name="rows">Values of the activation, a token a row.</param>
    /// <param name="matrices">What it is multiplied by.</param>
    public static ProductQuantization Of(FactorMatrix rows, IReadOnlyList<ConstantMatrix> matrices)
    {
        var plain = Under(rows, matrices, null);
        var divided = s_strengths.Select(strength => Under(rows, matrices, Divided(rows, matrices, strength))).MinBy(q => q.Error)!;
        return divided.Error < WorthDividing * plain.Error ? divided : plain;
    }

    private static float[] Divided(FactorMatrix rows, IReadOnlyList<ConstantMatrix> matrices, double strength)
    {
        var divisors = new float[rows.Rank];
        for (int channel = 0; channel < divisors.Length; channel++)
        {
            float activation = 0, weight = 0;
            for (int row = 0; row < rows.Rows; row++) activation = Math.Max(activation, Math.Abs(rows.Row(row)[channel]));
            foreach (var matrix in matrices)
                for (int column = 0; column < matrix.Columns; column++) weight = Math.Max(weight, Math.Abs(matrix.Values[channel * matrix.Columns + column]));
            // A channel that is always 0, or counts for nothing, stays as it is.
            divisors[channel] = activation == 0 || weight == 0 ? 1 : (float)(Math.Pow(activation, strength) / Math.Pow(weight, 1 - strength));
        }
        return divisors;
    }

    private static ProductQuantization Under(FactorMatrix rows, IReadOnlyList<ConstantMatrix> matrices, float[]? divisors)
    {
        if (divisors is not null)
        {
            var divided = new FactorMatrix(rows.Rows, rows.Rank);
            for (int row = 0; row < rows.Rows; row++) TensorPrimitives.Divide(rows.Row(row), divisors, divided.Row(row));
            (rows, matrices) = (divided, [.. matrices.Select(m => m.Times(divisors))]);
        }
        var squares = MeanSquares(rows);
        var columns = matrices.Select(ColumnQuantization.Of).ToArray();
        var weights = new double[rows.Rank];
        double error = 0, power = 0;
        for (int m = 0; m < columns.Length; m++)
        {
            for (int channel = 0; channel < weights.Length; channel++)
            {
                var (square, off) = columns[m].Row(matrices[m], channel);
                weights[channel] += square;
                error += squares[channel] * off;
                power += squares[channel] * square;
            }
        }
        var grid = ActivationGrid.Of(rows, weights, out double rounding);
        return new ProductQuantization(grid, divisors, columns, power == 0 ? 0 : (error + rounding) / power);
    }

    private static double[] MeanSquares(FactorMatrix rows)
    {
        var squares = new double[rows.Rank];
        for (int row = 0; row < rows.Rows; row++)
        {
            var values = rows.Row(row);
            for (int channel = 0; channel < squares.Length; channel++) squares[channel] += (double)values[channel] * values[channel] / rows.Rows;
        }
        return squares;
    }
}
