using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>sparse [--rows 50000] [--entries 1000] [--columns 896] [--rounds 3]</c>: an item graph times the items' features, the product that training with text
/// spends most of its time in. Best of the rounds, in seconds and billions of multiply-adds a second.
/// </summary>
internal static class SparseBenchmark
{
    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        int rows = arguments.Int("rows", 50_000), entries = arguments.Int("entries", 1_000), columns = arguments.Int("columns", 896);
        var random = new SplitMix64(1, "sparse product");
        var indices = new int[rows * entries];
        var values = new float[indices.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int k = 0; k < entries; k++) indices[row * entries + k] = random.NextInt(rows);
            indices.AsSpan(row * entries, entries).Sort();
        }
        for (int k = 0; k < values.Length; k++) values[k] = 1f / (1 + random.NextInt(100));
        var graph = new SparseRows(rows, rows, [.. Enumerable.Range(0, rows + 1).Select(row => row * entries)], indices, values);
        var features = new FactorMatrix(rows, columns);
        for (int row = 0; row < rows; row++)
            foreach (ref float x in features.Row(row)) x = random.NextInt(1000) / 1000f;
        var sums = new FactorMatrix(rows, columns);
        double best = double.PositiveInfinity;
        for (int round = 0; round < arguments.Int("rounds", 3); round++)
        {
            long start = Stopwatch.GetTimestamp();
            SparseProduct.Multiply(graph, features, sums, StageContext.Quiet());
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{best:F2} s, {(double)indices.Length * columns / best / 1e9:F1} billion multiply-adds/s (sum {sums.Row(7)[0]:R})"));
        return 0;
    }
}
