using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>
/// Who gets lists that are not personal: users whose HMAC-SHA256 (RFC 2104) of the id, read as a number from 0 to 1, is below the share. Without the key
/// nobody can tell, whatever ids they know; with it the same users are drawn every night and on every host. Safe from many threads.
/// </summary>
internal sealed class ControlGroup
{
    private readonly byte[] _key;
    private readonly ulong _below;

    /// <param name="key">A secret.</param>
    /// <param name="name">Which draw: others are independent of it.</param>
    /// <param name="share">0 to 0.5.</param>
    public ControlGroup(byte[] key, string name, double share)
    {
        _key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("control group " + name));
        _below = (ulong)(share * ulong.MaxValue);
        Share = share;
        Name = name;
        Mark = Convert.ToHexStringLower(HMACSHA256.HashData(_key, "mark"u8))[..16];
    }

    public double Share { get; }

    public string Name { get; }

    /// <summary>Tells draws apart without telling the key.</summary>
    public string Mark { get; }

    public bool Contains(ReadOnlySpan<byte> userId)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, userId, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) < _below;
    }
}
