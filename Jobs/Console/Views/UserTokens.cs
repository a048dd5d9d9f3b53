using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>Users in addresses: sealed, so that neither a log nor a browser's history holds an id.</summary>
internal sealed class UserTokens(IDataProtectionProvider protection)
{
    private readonly IDataProtector _protector = protection.CreateProtector("Recsys.Batch.Console.User");

    public string Seal(string userId) => _protector.Protect(userId);

    /// <summary>Null where the token was made with other keys, or by someone else.</summary>
    public string? Open(string token)
    {
        try
        {
            return _protector.Unprotect(token);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return null;
        }
    }
}
