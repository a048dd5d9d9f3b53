using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>Instruction widths that every kernel is written for.</summary>
internal enum SimdLevel
{
    Scalar = 0,
    Vector128 = 1,
    Vector256 = 2,
    Vector512 = 3,
}

/// <summary>
/// Kernels use the widest instructions that the machine has. Bits of a result depend on the width (fused and wider sums round differently),
/// never on the number of threads. No switch changes the width of a process: a call that needs another one takes it as an argument and passes
/// it on to every kernel and packer below, because a kernel that reads panels packed for another width writes outside of its result.
/// </summary>
internal static class Simd
{
    public static SimdLevel Widest { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? SimdLevel.Vector512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? SimdLevel.Vector256
        : Vector128.IsHardwareAccelerated ? SimdLevel.Vector128
        : SimdLevel.Scalar;
}
