using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>
/// A sparse matrix times a tall dense one. A row of the result is summed in registers, a strip of columns at a time, in the order of the sparse
/// row: no thread ever writes another's row, so the bits do not depend on their number.
/// </summary>
internal static unsafe class SparseProduct
{
    private const int PieceRows = 128;

    /// <summary>Y = S X; S is rows x n, X n x k, Y rows x k (all of Y is written).</summary>
    public static void Multiply(SparseRows s, FactorMatrix x, FactorMatrix y, StageContext context) => Multiply(Simd.Widest, s, x, y, context);

    public static void Multiply(SimdLevel level, SparseRows s, FactorMatrix x, FactorMatrix y, StageContext context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Rows, s.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Rows, s.Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Stride, x.Stride);
        if (TiledProduct.Suits(s, x))
        {
            TiledProduct.Multiply(level, s, x, y, context);
            return;
        }
        fixed (float* px = x.Values, py = y.Values, values = s.Values)
        fixed (int* indices = s.Indices)
        {
            nint dense = (nint)px, result = (nint)py, weights = (nint)values, columns = (nint)indices;
            context.ForEachPiece((s.Rows + PieceRows - 1) / PieceRows, piece =>
            {
                int end = Math.Min(s.Rows, (piece + 1) * PieceRows);
                for (int row = piece * PieceRows; row < end; row++)
                {
                    int start = s.Pointers[row];
                    float* to = (float*)result + (nint)row * y.Stride;
                    Row(level, (int*)columns + start, (float*)weights + start, s.RowLength(row), (float*)dense, to, x.Stride);
                }
            });
        }
    }

    /// <summary>One row of it, with the bits that the whole product has.</summary>
    /// <param name="y">As many floats as a row of X with its padding.</param>
    public static void Row(SparseRows s, int row, FactorMatrix x, Span<float> y)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(x.Rows, s.Columns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(y.Length, x.Stride);
        int start = s.Pointers[row];
        fixed (float* px = x.Values, py = y, values = s.Values)
        fixed (int* indices = s.Indices)
            Row(Simd.Widest, indices + start, values + start, s.RowLength(row), px, py, x.Stride);
    }

    private static void Row(SimdLevel level, int* indices, float* weights, int count, float* x, float* y, int stride)
    {
        new Span<float>(y, stride).Clear();
        Add(level, indices, weights, count, x, y, stride, stride);
    }

    /// <summary>Adds entries of a row to the sums of so many columns, each in the order of the entries.</summary>
    /// <param name="stride">Floats from one row of X to the next.</param>
    internal static void Add(SimdLevel level, int* indices, float* weights, int count, float* x, float* y, int stride, int width)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Add<Lane512, Vector512<float>>(indices, weights, count, x, y, stride, width);
                break;
            case SimdLevel.Vector256:
                Add<Lane256, Vector256<float>>(indices, weights, count, x, y, stride, width);
                break;
            default:
                Add<LaneScalar, float>(indices, weights, count, x, y, stride, width);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<TLane, TVector>(int* indices, float* weights, int count, float* x, float* y, int stride, int width)
        where TLane : struct, ILane<TVector>
        where TVector : unmanaged
    {
        int w = TLane.Width;
        int column = 0;
        for (; column + 8 * w <= width; column += 8 * w)
        {
            float* to = y + column;
            TVector s0 = TLane.Load(to), s1 = TLane.Load(to + w), s2 = TLane.Load(to + 2 * w), s3 = TLane.Load(to + 3 * w);
            TVector s4 = TLane.Load(to + 4 * w), s5 = TLane.Load(to + 5 * w), s6 = TLane.Load(to + 6 * w), s7 = TLane.Load(to + 7 * w);
            for (int k = 0; k < count; k++)
            {
                float* from = x + (nint)indices[k] * stride + column;
                var a = TLane.Broadcast(weights[k]);
                s0 = TLane.MultiplyAdd(a, TLane.Load(from), s0);
                s1 = TLane.MultiplyAdd(a, TLane.Load(from + w), s1);
                s2 = TLane.MultiplyAdd(a, TLane.Load(from + 2 * w), s2);
                s3 = TLane.MultiplyAdd(a, TLane.Load(from + 3 * w), s3);
                s4 = TLane.MultiplyAdd(a, TLane.Load(from + 4 * w), s4);
                s5 = TLane.MultiplyAdd(a, TLane.Load(from + 5 * w), s5);
                s6 = TLane.MultiplyAdd(a, TLane.Load(from + 6 * w), s6);
                s7 = TLane.MultiplyAdd(a, TLane.Load(from + 7 * w), s7);
            }
            TLane.Store(s0, to);
            TLane.Store(s1, to + w);
            TLane.Store(s2, to + 2 * w);
            TLane.Store(s3, to + 3 * w);
            TLane.Store(s4, to + 4 * w);
            TLane.Store(s5, to + 5 * w);
            TLane.Store(s6, to + 6 * w);
            TLane.Store(s7, to + 7 * w);
        }
        for (; column < width; column += w)
        {
            var sum = TLane.Load(y + column);
            for (int k = 0; k < count; k++)
                sum = TLane.MultiplyAdd(TLane.Broadcast(weights[k]), TLane.Load(x + (nint)indices[k] * stride + column), sum);
            TLane.Store(sum, y + column);
        }
    }
}
