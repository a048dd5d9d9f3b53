using System.Runtime.InteropServices;

namespace Recsys.Batch.Pipeline.Train.Als;

/// <summary>A worker's scratch memory, reused from row to row.</summary>
internal sealed unsafe class AlsWorkspace : IDisposable
{
    private readonly List<(nint Memory, long Length)> _buffers = [];

    ~AlsWorkspace() => Free();

    /// <summary>At least <paramref name="length"/> floats, 64-byte aligned, content undefined; the same memory for the same slot.</summary>
    public float* Get(int slot, long length)
    {
        while (_buffers.Count <= slot) _buffers.Add((0, 0));
        if (_buffers[slot].Length < length)
        {
            NativeMemory.AlignedFree((void*)_buffers[slot].Memory);
            _buffers[slot] = (0, 0);
            _buffers[slot] = ((nint)NativeMemory.AlignedAlloc((nuint)(length * sizeof(float)), 64), length);
        }
        return (float*)_buffers[slot].Memory;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        foreach (var (memory, _) in _buffers) NativeMemory.AlignedFree((void*)memory);
        _buffers.Clear();
    }
}
