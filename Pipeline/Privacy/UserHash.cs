using System.Buffers;
using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>
/// The keyed hash of a user's id: the first 128 bits of HMAC-SHA256 (RFC 2104). Without the key nobody finds the id, by trying all ids either. Safe from many
/// threads.
/// </summary>
internal sealed class UserHash
{
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    /// <param name="key">32 bytes.</param>
    public UserHash(byte[] key) => _key = key;

    /// <summary>The key's own mark, by which a list knows whether it was made under it.</summary>
    public string Check => Of("the key of a suppression list"u8).ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>With the key that is configured, else the one that lies in <paramref name="file"/>, made where there is none.</summary>
    /// <exception cref="ConfigurationException">What is there is no key.</exception>
    public static UserHash Open(PrivacyOptions options, string file)
    {
        string text = options.Key is { } configured
            ? SecretSource.Read("Privacy:Key", configured, "64 hex digits")
            : PrivateFile.ReadOrMake(file, NewKey);
        return Of(text) ?? throw new ConfigurationException(
            options.Key is null
                ? $"{file} is not a key; expected 64 hex digits. Put the key back from a copy: without it, forgotten users are not known again"
                : "Privacy:Key is not a key; expected 64 hex digits");
    }

    /// <summary>Likewise for exports: another hash of the same id, so that what was exported does not tell who is on the list of the forgotten.</summary>
    public UserHash ForExports() => new(HMACSHA256.HashData(_key, "exports"u8));

    /// <summary>Noise for a piece of work, under the same key.</summary>
    public KeyedNoise Noise(string work) => new(_key, work);

    /// <summary>A key of its own for another purpose, from which nothing of this one can be told.</summary>
    public byte[] KeyFor(string purpose) => HMACSHA256.HashData(_key, System.Text.Encoding.UTF8.GetBytes(purpose));

    /// <summary>With a key of 64 hex digits; null where the text is none.</summary>
    public static UserHash? Of(string hex)
    {
        var key = new byte[KeyBytes];
        return Convert.FromHexString(hex.AsSpan().Trim(), key, out int consumed, out int written) == OperationStatus.Done
            && (consumed, written) == (2 * KeyBytes, KeyBytes) && hex.Trim().Length == 2 * KeyBytes
            ? new UserHash(key)
            : null;
    }

    /// <summary>Digits of a new key.</summary>
    public static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(KeyBytes));

    public UInt128 Of(ReadOnlySpan<byte> id)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, id, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
