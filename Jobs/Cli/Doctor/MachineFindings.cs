using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Jobs.Text;

namespace Recsys.Batch.Jobs.Cli.Doctor;

/// <summary>The program, the runtime and the hardware under it.</summary>
internal static class MachineFindings
{
    private const string Area = "machine";

    public static IEnumerable<Finding> All()
    {
        yield return new("program", "version", FindingState.Fine, Version);
        yield return new("program", "runtime", FindingState.Fine, $"{RuntimeInformation.FrameworkDescription}, {(GCIsServer ? "server" : "workstation")} GC");
        yield return new(
            Area, "system", FindingState.Fine, $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()}");
        yield return new(Area, "cores", FindingState.Fine, Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture));
        yield return new(Area, "memory", FindingState.Fine, Format.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        yield return new(Area, "SIMD", Vector128.IsHardwareAccelerated ? FindingState.Fine : FindingState.Absent, Simd);
    }

    private static bool GCIsServer => System.Runtime.GCSettings.IsServerGC;

    private static string Version =>
        typeof(MachineFindings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string Simd =>
        Vector512.IsHardwareAccelerated ? $"512 bits (AVX-512), FMA {YesNo(Fma.IsSupported)}"
        : Vector256.IsHardwareAccelerated ? $"256 bits (AVX2), FMA {YesNo(Fma.IsSupported)}"
        : Vector128.IsHardwareAccelerated ? "128 bits"
        : "none: everything runs on scalars, slowly";

    private static string YesNo(bool value) => value ? "yes" : "no";
}
