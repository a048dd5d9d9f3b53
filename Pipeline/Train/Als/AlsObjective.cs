using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>The value that ALS minimizes (<see cref="AlsOptions"/>), in double; chunks of rows are summed in order.</summary>
internal static unsafe class AlsObjective
{
    private const int ChunkRows = 1024;

    public static double Of(
        SimdLevel level, AlsHalfStep userStep, AlsHalfStep itemStep, FactorMatrix users, FactorMatrix items,
        AlsGram userGram, AlsGram itemGram, AlsOptions options, StageContext context)
    {
        double sum = options.UnobservedWeight * AlsGram.SumOfSquaredScores(userGram, itemGram);
        sum += Total(users.Rows, context, row =>
            Observed(level, userStep.Weights, row, users, items) + userStep.RegularizationOf(row) * Square(level, users, row));
        return sum + Total(items.Rows, context, row => itemStep.RegularizationOf(row) * Square(level, items, row));
    }

    private static double Observed(SimdLevel level, SparseRows weights, int row, FactorMatrix users, FactorMatrix items)
    {
        double sum = 0;
        var indices = weights.RowIndices(row);
        var values = weights.RowValues(row);
        fixed (float* x = users.Values, y = items.Values)
        {
            float* user = x + (nint)row * users.Stride;
            for (int j = 0; j < indices.Length; j++)
            {
                double miss = 1 - VectorMath.Dot(level, user, y + (nint)indices[j] * items.Stride, items.Stride);
                sum += values[j] * miss * miss;
            }
        }
        return sum;
    }

    private static double Square(SimdLevel level, FactorMatrix factors, int row) => VectorMath.Dot(level, factors.PaddedRow(row), factors.PaddedRow(row));

    private static double Total(int rows, StageContext context, Func<int, double> term)
    {
        var sums = new double[(rows + ChunkRows - 1) / ChunkRows];
        context.ForEachPiece(sums.Length, chunk =>
        {
            double sum = 0;
            for (int row = chunk * ChunkRows; row < Math.Min(rows, (chunk + 1) * ChunkRows); row++) sum += term(row);
            sums[chunk] = sum;
        });
        double total = 0;
        foreach (double s in sums) total += s;
        return total;
    }
}
