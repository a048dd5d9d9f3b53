using System.Security.Cryptography;
using System.Text;

namespace Recsys.Batch.Jobs.Console;

/// <summary>Customers as pages name them: by a keyed hash of their id, the same for as long as the host runs.</summary>
public sealed class CustomerNames
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string Show(string userId) => "u-" + Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(userId)))[..20];
}
