using System.Runtime.CompilerServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>Copies rows of a slice into a vector of DuckDB.</summary>
internal static unsafe class VectorFill
{
    public static void Copy(ColumnSlice slice, ColumnField field, int first, int rows, nint vector)
    {
        void* data = DuckDbNative.VectorData(vector);
        switch (slice.Values)
        {
            case byte[] bytes: CopyText(bytes, slice, first, rows, vector); break;
            case int[] values: values.AsSpan(first, rows).CopyTo(new Span<int>(data, rows)); break;
            case double[] values: values.AsSpan(first, rows).CopyTo(new Span<double>(data, rows)); break;
            case bool[] values: values.AsSpan(first, rows).CopyTo(new Span<bool>(data, rows)); break;
            case long[] values when field is { Type: ColumnType.Timestamp, IsUtc: true, Unit: not TimestampUnit.Microseconds }:
                CopyMicroseconds(values.AsSpan(first, rows), field.Unit, new Span<long>(data, rows));
                break;
            case long[] values: values.AsSpan(first, rows).CopyTo(new Span<long>(data, rows)); break;
            default: throw new InvalidOperationException($"no vector for {slice.Values.GetType().Name}");
        }
        if (slice.Present is not null) CopyNulls(slice.Present.AsSpan(first, rows), vector);
    }

    // DuckDB keeps a zone for microseconds only.
    private static void CopyMicroseconds(ReadOnlySpan<long> ticks, TimestampUnit unit, Span<long> micros)
    {
        for (int row = 0; row < ticks.Length; row++)
            micros[row] = unit switch
            {
                TimestampUnit.Seconds => checked(ticks[row] * 1_000_000),
                TimestampUnit.Milliseconds => checked(ticks[row] * 1_000),
                _ => Math.DivRem(ticks[row], 1_000).Quotient - (ticks[row] % 1_000 < 0 ? 1 : 0),
            };
    }

    private static void CopyNulls(ReadOnlySpan<bool> present, nint vector)
    {
        if (!present.Contains(false)) return;
        DuckDbNative.EnsureValidityWritable(vector);
        ulong* validity = DuckDbNative.VectorValidity(vector);
        for (int row = 0; row < present.Length; row++)
            if (!present[row]) validity[row >> 6] &= ~(1UL << (row & 63));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyText(byte[] bytes, ColumnSlice slice, int first, int rows, nint vector)
    {
        var offsets = slice.Offsets.AsSpan(first, rows + 1);
        fixed (byte* start = bytes)
        {
            byte nothing = 0;
            byte* from = bytes.Length > 0 ? start : &nothing;
            for (int row = 0; row < rows; row++)
                DuckDbNative.AssignText(vector, (ulong)row, from + offsets[row], (ulong)(offsets[row + 1] - offsets[row]));
        }
    }
}
