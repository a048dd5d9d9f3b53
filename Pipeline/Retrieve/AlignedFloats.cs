namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>Floats that stay where they are, from a 64-byte boundary on: a register's load then never straddles two cache lines.</summary>
internal sealed unsafe class AlignedFloats
{
    private readonly float[] _values;
    private readonly int _start;

    public AlignedFloats(long count)
    {
        _values = GC.AllocateArray<float>(checked((int)(count + 16)), pinned: true);
        fixed (float* at = _values) _start = (int)((64 - ((nint)at & 63)) & 63) / sizeof(float);
    }

    /// <summary>Valid while this object is alive: keep it so across every use.</summary>
    public float* Pointer
    {
        get
        {
            fixed (float* at = _values) return at + _start;
        }
    }
}
