using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>A thread's own packing memory, kept from call to call: a product of small matrices would else spend its time allocating.</summary>
internal sealed unsafe class PackBuffers
{
    [ThreadStatic]
    private static PackBuffers? _ofThread;

    private readonly Dictionary<int, (nint Memory, long Length)> _buffers = [];

    private PackBuffers()
    {
    }

    ~PackBuffers()
    {
        foreach (var (memory, _) in _buffers.Values) NativeMemory.AlignedFree((void*)memory);
    }

    public static PackBuffers OfThread => _ofThread ??= new PackBuffers();

    /// <summary>At least <paramref name="length"/> floats, 64-byte aligned, content undefined; one buffer a <paramref name="slot"/>.</summary>
    public float* Get(int slot, long length)
    {
        if (_buffers.TryGetValue(slot, out var kept) && kept.Length >= length) return (float*)kept.Memory;
        NativeMemory.AlignedFree((void*)kept.Memory);
        // The slot is emptied first: an allocation that fails must not leave a freed pointer behind.
        _buffers.Remove(slot);
        var memory = (nint)NativeMemory.AlignedAlloc((nuint)(length * sizeof(float)), 64);
        _buffers[slot] = (memory, length);
        return (float*)memory;
    }
}
