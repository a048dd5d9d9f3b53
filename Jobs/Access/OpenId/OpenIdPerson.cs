using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recsys.Batch.Jobs.Access.OpenId;

/// <summary>
/// From what a provider says of a person to who they are here. Everything that it says comes from outside: names are checked, roles are looked up and never
/// taken over.
/// </summary>
internal static class OpenIdPerson
{
    /// <summary>Claim of sessions that a provider vouched for.</summary>
    private const string Claim = "recsys:openid";

    /// <param name="isTaken">Whether a configured user or key has that name: the log must not take one for the other.</param>
    /// <returns>The principal of a session, or why there is none.</returns>
    public static (ClaimsPrincipal? Principal, OpenIdRefusal? Refusal) Of(ClaimsPrincipal said, OpenIdOptions options, Func<string, bool> isTaken)
    {
        if (RoleOf(said, options) is not { } role) return (null, OpenIdRefusal.NoRole);
        string? name = new[] { options.NameClaim, "email", "sub" }.Select(said.FindFirstValue).FirstOrDefault(n => n is not null && UserOptions.IsName(n));
        if (name is null) return (null, OpenIdRefusal.NoName);
        if (isTaken(name)) return (null, OpenIdRefusal.NameTaken);
        var principal = AccessDirectory.Principal(name, role, AccessSchemes.Session, Stamp(options));
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(Claim, "true"));
        return (principal, null);
    }

    public static bool Is(ClaimsPrincipal principal) => principal.HasClaim(c => c.Type == Claim);

    /// <summary>Another provider or other roles end the sessions that were opened under the former ones.</summary>
    public static string Stamp(OpenIdOptions options) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
        (string[])[options.Authority ?? "", options.ClientId, options.NameClaim, options.RoleClaim, .. options.Operators, "", .. options.Viewers]))))[..16];

    private static AccessRole? RoleOf(ClaimsPrincipal said, OpenIdOptions options)
    {
        var values = said.FindAll(options.RoleClaim).Select(c => c.Value).ToHashSet(StringComparer.Ordinal);
        return options.Operators.Any(values.Contains) ? AccessRole.Operator : options.Viewers.Any(values.Contains) ? AccessRole.Viewer : null;
    }
}
