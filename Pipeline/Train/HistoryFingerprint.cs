using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Tells whether a history is the matrix that a model was trained on, without keeping that matrix in the model.</summary>
internal static class HistoryFingerprint
{
    /// <summary>The first 16 bytes of SHA-256 over shape, indices and values.</summary>
    public static byte[] Of(SparseRows rows)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes<int>([rows.Rows, rows.Columns]));
        Append(hash, rows.Pointers.AsSpan());
        Append(hash, rows.Indices.AsSpan(0, rows.Count));
        Append(hash, rows.Values.AsSpan(0, rows.Count));
        return hash.GetHashAndReset()[..16];
    }

    private static void Append<T>(IncrementalHash hash, Span<T> values) where T : unmanaged
    {
        for (int at = 0; at < values.Length; at += 1 << 20) hash.AppendData(MemoryMarshal.AsBytes(values[at..Math.Min(values.Length, at + (1 << 20))]));
    }
}
