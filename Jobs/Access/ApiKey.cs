using System.Security.Cryptography;
using System.Text;

namespace Recsys.Batch.Jobs.Access;

/// <summary>A program's key: <c>rk_</c> and 256 random bits as base64url. Only its SHA-256 is kept anywhere.</summary>
internal static class ApiKey
{
    private const string Prefix = "rk_";

    public static string Create() =>
        Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
