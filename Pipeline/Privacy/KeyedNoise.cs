using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>
/// Standard normal numbers that nobody without the key can foretell, and that the same key gives again for the same work: HMAC-SHA256 over a counter, and the
/// transform of Box and Muller (1958). Streams are told apart by number.
/// </summary>
internal sealed class KeyedNoise
{
    private readonly byte[] _key;

    /// <param name="key">The secret.</param>
    /// <param name="work">What the noise is for: other inputs have other noise, so that two nights do not cancel it.</param>
    public KeyedNoise(ReadOnlySpan<byte> key, string work) => _key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("noise of " + work));

    /// <summary>The numbers of a stream, one after the other.</summary>
    public IEnumerable<double> Stream(long number)
    {
        var input = new byte[16];
        var bytes = new byte[32];
        BinaryPrimitives.WriteInt64LittleEndian(input, number);
        for (long block = 0; ; block++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(input.AsSpan(8), block);
            HMACSHA256.HashData(_key, input, bytes);
            for (int pair = 0; pair < 2; pair++)
            {
                // Above 0, as its logarithm is taken.
                double first = ((BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(pair * 16)) >> 11) + 1) * (1.0 / (1UL << 53));
                double angle = 2 * Math.PI * (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(pair * 16 + 8)) >> 11) * (1.0 / (1UL << 53));
                double radius = Math.Sqrt(-2 * Math.Log(first));
                yield return radius * Math.Cos(angle);
                yield return radius * Math.Sin(angle);
            }
        }
    }
}
