using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>What the kernel holds the decoder process to.</summary>
internal static unsafe partial class ProcessLimits
{
    private const int DataResource = 2;
    private const int CoreResource = 4;
    private const int SetPipeSize = 1031;

    // The runtime's own heap, code and thread stacks.
    private const int RuntimeMegabytes = 1024;

    /// <summary>Bounds private memory (Linux; elsewhere DuckDB's own limit must do), leaves no core dumps, and widens the pipe to the parent.</summary>
    public static void Apply(int megabytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        Set(DataResource, (ulong)(megabytes + RuntimeMegabytes) << 20);
        Set(CoreResource, 0);
        // Refused beyond the user's quota: the pipe then keeps its 64 KiB and is slower.
        _ = Fcntl(1, SetPipeSize, 1 << 20);
    }

    /// <summary>Dies as a decoder would that met the wrong bytes.</summary>
    public static void Provoke(DecoderFault fault)
    {
        switch (fault)
        {
            case DecoderFault.Abort: Abort(); break;
            case DecoderFault.Segfault: _ = Length((byte*)8); break;
            case DecoderFault.Hang: new ManualResetEvent(false).WaitOne(); break;
            case DecoderFault.Bloat:
                while (true) NativeMemory.Fill(NativeMemory.Alloc(64 << 20), 64 << 20, 1);
        }
    }

    private static void Set(int resource, ulong limit)
    {
        var both = new Limit(limit, limit);
        if (SetLimit(resource, &both) != 0) throw new InvalidOperationException($"the kernel did not take limit {limit} for resource {resource} (errno {Marshal.GetLastPInvokeError()})");
    }

    private readonly record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(int descriptor, int command, int value);

    [LibraryImport("libc", EntryPoint = "abort")]
    private static partial void Abort();

    [LibraryImport("libc", EntryPoint = "strlen")]
    private static partial nint Length(byte* text);
}
