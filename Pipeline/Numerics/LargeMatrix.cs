using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// A dense float32 matrix in native memory, row-major, 64-byte aligned, for more elements than an array can hold (41,000 x 41,000 are
/// 6.7 GB). Rows are padded to a multiple of 16 floats. Zero at first; must be disposed.
/// </summary>
internal sealed unsafe class LargeMatrix : SafeHandle
{
    private static long s_live;

    /// <exception cref="RunFailedException">The memory is not to be had.</exception>
    public LargeMatrix(long rows, long columns)
        : base(0, ownsHandle: true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        Rows = rows;
        Columns = columns;
        Stride = (columns + 15) / 16 * 16;
        try
        {
            SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Bytes, 64));
        }
        catch (OutOfMemoryException e)
        {
            throw new RunFailedException($"a matrix of {rows} x {columns} float32 needs {Bytes >> 20} MiB, which this machine refused", e);
        }
        GC.AddMemoryPressure(Bytes);
        Interlocked.Add(ref s_live, Bytes);
        Clear();
    }

    /// <summary>Bytes of all such matrices that are not released yet.</summary>
    public static long LiveBytes => Interlocked.Read(ref s_live);

    public long Rows { get; }

    public long Columns { get; }

    /// <summary>Floats from one row to the next.</summary>
    public long Stride { get; }

    public long Bytes => Rows * Stride * sizeof(float);

    public override bool IsInvalid => handle == 0;

    public MatrixView View => new(Data, Rows, Columns, Stride);

    /// <summary>A row without its padding.</summary>
    public Span<float> Row(long row)
    {
        if ((ulong)row >= (ulong)Rows) throw new ArgumentOutOfRangeException(nameof(row), row, $"the matrix has {Rows} rows");
        return new(Data + row * Stride, checked((int)Columns));
    }

    /// <summary>Consecutive rows with their padding; at most 2^31 floats.</summary>
    internal Span<float> PaddedRows(long first, long count)
    {
        if (first < 0 || count < 0 || first + count > Rows) throw new ArgumentOutOfRangeException(nameof(first), first, $"the matrix has {Rows} rows");
        return new(Data + first * Stride, checked((int)(count * Stride)));
    }

    private float* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return (float*)handle;
        }
    }

    private void Clear()
    {
        for (long row = 0; row < Rows; row++) NativeMemory.Clear(Data + row * Stride, (nuint)(Stride * sizeof(float)));
    }

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        GC.RemoveMemoryPressure(Bytes);
        Interlocked.Add(ref s_live, -Bytes);
        return true;
    }
}
