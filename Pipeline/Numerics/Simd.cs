using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>Instruction widths that every kernel is written for.</summary>
public enum SimdLevel
{
    Scalar = 0,
    Vector128 = 1,
    Vector256 = 2,
    Vector512 = 3,
}

/// <summary>
/// Which width the kernels use: the widest that the machine has. Bits of a result depend on the width (fused and wider sums round
/// otherwise), never on the number of threads.
/// </summary>
public static class Simd
{
    public static SimdLevel Widest { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? SimdLevel.Vector512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? SimdLevel.Vector256
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;

    public static SimdLevel Level { get; private set; } = Widest;

    /// <summary>Takes another width until disposed, for the whole process: tests and benchmarks that force a path, one at a time.</summary>
    internal static IDisposable Force(SimdLevel level)
    {
        if (level > Widest) throw new PlatformNotSupportedException($"this machine has no {level}; its widest is {Widest}");
        var back = new Restore(Level);
        Level = level;
        return back;
    }

    private sealed class Restore(SimdLevel level) : IDisposable
    {
        public void Dispose() => Level = level;
    }
}
