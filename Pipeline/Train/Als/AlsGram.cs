using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>V^T V of the fixed side: in double for the objective, and times alpha0 in padded float32 for the solvers.</summary>
internal sealed class AlsGram
{
    private AlsGram(double[] exact, float[] scaled, int width)
    {
        Exact = exact;
        Scaled = scaled;
        Width = width;
    }

    /// <summary>K x K, row-major.</summary>
    public double[] Exact { get; }

    /// <summary>alpha0 V^T V, <see cref="Width"/> x <see cref="Width"/>, zeros in the padding; pinned.</summary>
    public float[] Scaled { get; }

    /// <summary>K rounded up to the lane.</summary>
    public int Width { get; }

    public static AlsGram Of(FactorMatrix factors, double unobservedWeight, StageContext context) => Of(Simd.Widest, factors, unobservedWeight, context);

    public static AlsGram Of(SimdLevel level, FactorMatrix factors, double unobservedWeight, StageContext context)
    {
        int rank = factors.Rank;
        int width = factors.Stride;
        var exact = Gramian.Of(level, factors, context.Threads, context.Cancellation);
        var scaled = GC.AllocateArray<float>(width * width, pinned: true);
        for (int i = 0; i < rank; i++)
            for (int j = 0; j < rank; j++)
                scaled[i * width + j] = (float)(unobservedWeight * exact[i * rank + j]);
        return new AlsGram(exact, scaled, width);
    }

    public unsafe MatrixView View
    {
        get
        {
            fixed (float* p = Scaled) return new MatrixView(p, Width, Width, Width);
        }
    }

    /// <summary>sum over all pairs of s^2 = trace of the product of both sides' Gramians.</summary>
    public static double SumOfSquaredScores(AlsGram users, AlsGram items)
    {
        double sum = 0;
        for (int k = 0; k < users.Exact.Length; k++) sum += users.Exact[k] * items.Exact[k];
        return sum;
    }
}
