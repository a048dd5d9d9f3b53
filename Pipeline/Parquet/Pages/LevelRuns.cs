using System.Numerics;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>
/// Runs of the hybrid of run lengths and bit packing, looked at before Parquet.Net unpacks them: it would take a stream that ends early for one that does not.
/// </summary>
internal static class LevelRuns
{
    /// <summary>How many of the first <paramref name="count"/> values equal <paramref name="wanted"/>.</summary>
    /// <param name="bits">Width of a value: 0 to 32.</param>
    /// <exception cref="InvalidDataException">There are fewer than <paramref name="count"/> values.</exception>
    public static int Count(ReadOnlySpan<byte> runs, int bits, int count, int wanted)
    {
        int found = 0;
        for (int left = count; left > 0;)
        {
            uint head = Head(ref runs);
            int length;
            if ((head & 1) == 0)
            {
                int bytes = (bits + 7) / 8;
                Require(runs.Length >= bytes);
                length = (int)Math.Min(head >> 1, (uint)left);
                uint value = 0;
                for (int i = 0; i < bytes; i++) value |= (uint)runs[i] << 8 * i;
                if (value == (uint)wanted) found += length;
                runs = runs[bytes..];
            }
            else
            {
                length = (int)Math.Min((long)(head >> 1) * 8, left);
                int bytes = (int)(((long)length * bits + 7) / 8);
                // The last run may leave out the bytes that its rounding up to eight values would take.
                Require(runs.Length >= bytes);
                found += Packed(runs[..bytes], bits, length, wanted);
                runs = runs[(int)Math.Min(runs.Length, (long)(head >> 1) * bits)..];
            }
            if (length == 0 && runs.Length == 0) Require(false);
            left -= length;
        }
        return found;
    }

    private static int Packed(ReadOnlySpan<byte> bytes, int bits, int count, int wanted)
    {
        if (bits == 1)
        {
            int ones = 0, whole = count / 8;
            for (int i = 0; i < whole; i++) ones += BitOperations.PopCount(bytes[i]);
            if (count % 8 != 0) ones += BitOperations.PopCount(bytes[whole] & (1u << count % 8) - 1);
            return wanted == 1 ? ones : wanted == 0 ? count - ones : 0;
        }
        if (bits != 2) return 0;
        int found = 0;
        for (int i = 0; i < count; i++)
            if ((bytes[i >> 2] >> 2 * (i & 3) & 3) == wanted) found++;
        return found;
    }

    private static uint Head(ref ReadOnlySpan<byte> runs)
    {
        uint value = 0;
        for (int shift = 0, at = 0; shift < 35; shift += 7, at++)
        {
            Require(at < runs.Length);
            value |= (uint)(runs[at] & 0x7F) << shift;
            if (runs[at] >= 0x80) continue;
            runs = runs[(at + 1)..];
            return value;
        }
        throw new InvalidDataException("a run's length has no end");
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new InvalidDataException("a page ends before the values that it promises");
    }
}
