using System.Globalization;
using System.Security.Cryptography;

namespace Recsys.Batch.Jobs.Access;

/// <summary>
/// PBKDF2 (RFC 8018) over HMAC, as text <c>pbkdf2-sha512$ROUNDS$SALT$KEY</c> with salt and key in base64. Rounds below what OWASP asks for are no hash:
/// 210,000 for SHA-512, 600,000 for SHA-256.
/// </summary>
internal sealed class PasswordHash
{
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;
    private const int NewRounds = 210_000;
    private const int MaxIterations = 10_000_000;

    private readonly HashAlgorithmName _algorithm;
    private readonly int _rounds;
    private readonly byte[] _salt;
    private readonly byte[] _key;

    private PasswordHash(HashAlgorithmName algorithm, int rounds, byte[] salt, byte[] key) =>
        (_algorithm, _rounds, _salt, _key) = (algorithm, rounds, salt, key);

    /// <summary>A hash that no password has: comparing with it takes as long as with a real one.</summary>
    public static PasswordHash OfNobody { get; } = new(HashAlgorithmName.SHA512, NewRounds, new byte[SaltBytes], new byte[KeyBytes]);

    public static PasswordHash Create(string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(HashAlgorithmName.SHA512, NewRounds, salt, Derive(password, salt, NewRounds, HashAlgorithmName.SHA512, KeyBytes));
    }

    /// <summary>Null where the text is not a hash, or one that is too weak.</summary>
    public static PasswordHash? Parse(string text)
    {
        var parts = text.Split('$');
        if (parts.Length != 4 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) || rounds > MaxIterations)
            return null;
        var (algorithm, least) = parts[0] switch
        {
            "pbkdf2-sha512" => (HashAlgorithmName.SHA512, 210_000),
            "pbkdf2-sha256" => (HashAlgorithmName.SHA256, 600_000),
            _ => (default, int.MaxValue),
        };
        if (rounds < least || Bytes(parts[2]) is not { Length: >= 8 } salt || Bytes(parts[3]) is not { Length: >= 16 and <= 64 } key) return null;
        return new PasswordHash(algorithm, rounds, salt, key);
    }

    /// <summary>Takes the same time whether or not it is the password.</summary>
    public bool Matches(string password) => CryptographicOperations.FixedTimeEquals(Derive(password, _salt, _rounds, _algorithm, _key.Length), _key);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"pbkdf2-{(_algorithm == HashAlgorithmName.SHA512 ? "sha512" : "sha256")}${_rounds}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_key)}");

    private static byte[] Derive(string password, byte[] salt, int rounds, HashAlgorithmName algorithm, int bytes) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, algorithm, bytes);

    private static byte[]? Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out int written) ? bytes[..written] : null;
    }
}
