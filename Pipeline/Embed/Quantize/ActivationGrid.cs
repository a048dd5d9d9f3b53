using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>The 8-bit grid of an activation: value = scale x (q - zero), q from 0 to 255.</summary>
internal readonly record struct ActivationGrid(float Scale, byte Zero)
{
    /// <summary>How much of the range that was seen the grid covers, at both ends: clipping what is rare makes the steps of all else finer.</summary>
    private static readonly double[] s_shares = [1, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5];

    /// <summary>The grid with the least error.</summary>
    /// <param name="rows">Values of the activation, a token a row.</param>
    /// <param name="weights">How much an error in each channel counts.</param>
    /// <param name="error">The mean over rows of the weighted square error.</param>
    public static ActivationGrid Of(FactorMatrix rows, double[] weights, out double error)
    {
        double least = TensorPrimitives.Min<float>(rows.Values), most = TensorPrimitives.Max<float>(rows.Values);
        var best = (Grid: Between(least, most), Error: double.PositiveInfinity);
        foreach (double share in s_shares)
        {
            var grid = Between(share * least, share * most);
            double tried = grid.Error(rows, weights);
            if (tried < best.Error) best = (grid, tried);
        }
        error = best.Error;
        return best.Grid;
    }

    /// <summary>The grid between two ends, with 0 on it.</summary>
    private static ActivationGrid Between(double least, double most)
    {
        (least, most) = (Math.Min(0, least), Math.Max(0, most));
        // All zeros have any scale.
        if (least == most) return new ActivationGrid(1, 0);
        double scale = (most - least) / byte.MaxValue;
        return new ActivationGrid((float)scale, (byte)Math.Clamp(Math.Round(-least / scale), 0, byte.MaxValue));
    }

    private double Error(FactorMatrix rows, double[] weights)
    {
        double sum = 0;
        float inverse = 1 / Scale;
        for (int row = 0; row < rows.Rows; row++)
        {
            var values = rows.Row(row);
            for (int k = 0; k < values.Length; k++)
            {
                float rounded = MathF.Round(Math.Clamp(values[k] * inverse, -Zero, byte.MaxValue - Zero));
                double off = values[k] - Scale * rounded;
                sum += weights[k] * off * off;
            }
        }
        return sum / rows.Rows;
    }
}
