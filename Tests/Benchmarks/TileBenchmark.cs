using System.Diagnostics;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Benchmarks;

/// <summary><c>tile</c>: the two kernels of retrieval alone, in multiply-adds a second of one core, the best of many short runs.</summary>
internal static unsafe class TileBenchmark
{
    public static int Run(string[] args)
    {
        Console.WriteLine($"FMA peak {Hardware.PeakGflops() / 2:F0} G multiply-adds/s");
        foreach (int rank in new[] { 64, 128, 256 })
        {
            const int tiles = 16;
            var values = new AlignedFloats(tiles * 16 * rank);
            var panel = new AlignedFloats(32 * rank);
            var scores = new AlignedFloats(16 * 32);
            var bounds = new AlignedFloats(16);
            for (int r = 0; r < 16; r++) bounds.Pointer[r] = float.PositiveInfinity;
            Show($"float32 K={rank}", 14.0 * 32 * rank * tiles, () =>
            {
                for (int t = 0; t < tiles; t++) InnerProductTile512.Run(values.Pointer + t * 14 * rank, panel.Pointer, rank, bounds.Pointer, scores.Pointer);
            });
            Show($"int16 K={rank}", 12.0 * 32 * rank * tiles, () =>
            {
                for (int t = 0; t < tiles; t++)
                    QuantizedTile.Run((int*)values.Pointer + t * 6 * rank, (short*)panel.Pointer, rank / 2, (int*)bounds.Pointer, (int*)scores.Pointer);
            });
        }
        return 0;
    }

    private static void Show(string what, double products, Action action)
    {
        double best = double.MaxValue;
        for (int run = 0; run < 20_000; run++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        Console.WriteLine($"{what,-20} {products / best / 1e9,7:F0} G multiply-adds/s");
    }
}
