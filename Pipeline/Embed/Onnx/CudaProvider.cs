using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>
/// CUDA, which ONNX Runtime loads as a library of its own: beside the program where it was built with <c>-p:Cuda=true</c>, on a machine with the CUDA 13
/// runtime, cuDNN 9 and an NVIDIA driver that knows them.
/// </summary>
internal static class CudaProvider
{
    private const string Name = "CUDAExecutionProvider";

    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, string?> s_registered = new(StringComparer.Ordinal);

    private static string Library => OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";

    /// <summary>Why it cannot be used here; null where it can.</summary>
    public static string? WhyNot(int gpu) => WhyNot(gpu, AppContext.BaseDirectory);

    internal static string? WhyNot(int gpu, string folder) => Devices(folder, out string? why) is not { } devices ? why
        : gpu < devices.Count ? null
        : string.Create(CultureInfo.InvariantCulture, $"Embed:GpuId is {gpu}, and there are {devices.Count} CUDA devices");

    /// <summary>Lets sessions with these options run on a GPU for which <see cref="WhyNot(int)"/> said nothing.</summary>
    /// <param name="memoryMb">MiB; 0 is no limit.</param>
    internal static void Append(SessionOptions options, int gpu, int memoryMb)
    {
        // TensorFloat-32 would cost five digits.
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["use_tf32"] = "0", ["arena_extend_strategy"] = "kSameAsRequested" };
        if (memoryMb > 0) settings["gpu_mem_limit"] = ((long)memoryMb << 20).ToString(CultureInfo.InvariantCulture);
        options.AppendExecutionProvider(OrtRuntime.Env, [Devices(AppContext.BaseDirectory, out _)![gpu]], settings);
    }

    private static List<OrtEpDevice>? Devices(string folder, out string? why)
    {
        // A build for any machine keeps what comes from NuGet in a folder a platform.
        string path = Path.Combine(folder, Library),
            portable = Path.Combine(folder, "runtimes", OperatingSystem.IsWindows() ? "win-x64" : "linux-x64", "native", Library);
        if (!File.Exists(path) && File.Exists(portable)) path = portable;
        if (!File.Exists(path))
        {
            why = $"{Library} is not beside the program; build it with -p:Cuda=true";
            return null;
        }
        why = Register(path);
        if (why is not null) return null;
        var found = OrtRuntime.Env.GetEpDevices().Where(d => d.EpName == Name && d.HardwareDevice.Type == OrtHardwareDeviceType.GPU).ToList();
        if (found.Count == 0) why = "the CUDA library is there, and it finds no NVIDIA GPU";
        return found.Count == 0 ? null : found;
    }

    /// <summary>Once a process: a second time is an error of its own.</summary>
    private static string? Register(string path)
    {
        lock (s_lock)
        {
            if (s_registered.TryGetValue(path, out string? known)) return known;
            try
            {
                OrtRuntime.Env.RegisterExecutionProviderLibrary(Name, path);
                return s_registered[path] = null;
            }
            catch (OnnxRuntimeException e)
            {
                return s_registered[path] = $"the CUDA library does not load, which needs the CUDA 13 runtime and cuDNN 9 ({GraphSession.Line(e)})";
            }
        }
    }
}
