using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Jobs.Access.OpenId;

namespace Recsys.Batch.Jobs.Access;

/// <summary>Users and keys as configured: who a password or a key belongs to.</summary>
internal sealed class AccessDirectory
{
    /// <summary>Claim that ties a session to the password it was opened with: a changed password or role ends it.</summary>
    internal const string StampClaim = "recsys:stamp";

    private readonly Dictionary<string, (UserOptions User, PasswordHash Hash)> _users;
    private readonly Dictionary<string, ApiKeyOptions> _keys;
    private readonly OpenIdOptions _openId;

    public AccessDirectory(ServeOptions options)
    {
        _users = options.Users.ToDictionary(u => u.Name, u => (u, PasswordHash.Parse(u.PasswordHash)!), StringComparer.OrdinalIgnoreCase);
        _openId = options.OpenId;
        // AlertLookback up by hash: what the time of a look-up tells of a hash says nothing of the key behind it.
        _keys = options.ApiKeys.ToDictionary(k => k.KeyHash.ToLowerInvariant(), StringComparer.Ordinal);
    }

    public bool HasUsers => _users.Count > 0;

    /// <summary>Whether a user or a key is called so.</summary>
    public bool Knows(string name) => _users.ContainsKey(name) || _keys.Values.Any(k => k.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Null where there is no such user or the password is another; both take the same time.</summary>
    public ClaimsPrincipal? SignIn(string name, string password, string scheme)
    {
        bool known = _users.TryGetValue(name, out var found);
        bool matches = (known ? found.Hash : PasswordHash.OfNobody).Matches(password);
        return known && matches ? Principal(found.User.Name, found.User.Role, scheme, Stamp(found.User)) : null;
    }

    public ClaimsPrincipal? OfKey(string key, string scheme) =>
        _keys.TryGetValue(ApiKey.Hash(key), out var found) ? Principal(found.Name, found.Role, scheme, null) : null;

    /// <summary>
    /// Whether a session's user still has the password and the role that it was opened with, or the provider that vouched for them is still asked and read
    /// alike.
    /// </summary>
    public bool IsCurrent(ClaimsPrincipal principal) => OpenIdPerson.Is(principal)
        ? _openId.IsOn && principal.FindFirstValue(StampClaim) == OpenIdPerson.Stamp(_openId) && !Knows(principal.Identity?.Name ?? "")
        : principal.Identity?.Name is { } name && _users.TryGetValue(name, out var found) && principal.FindFirstValue(StampClaim) == Stamp(found.User);

    internal static ClaimsPrincipal Principal(string name, AccessRole role, string scheme, string? stamp)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        identity.AddClaim(new Claim(ClaimTypes.Role, role.ToString()));
        if (stamp is not null) identity.AddClaim(new Claim(StampClaim, stamp));
        return new ClaimsPrincipal(identity);
    }

    private static string Stamp(UserOptions user) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{user.PasswordHash} {user.Role}")))[..16];
}
