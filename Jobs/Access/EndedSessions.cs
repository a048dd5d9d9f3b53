using System.Security.Claims;
using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Access;

/// <summary>
/// Sessions that somebody signed out of. A session is its sealed cookie, which every host can read and none keeps; signing out is therefore noted in the
/// ledger, where every host looks, until the session would have ended by itself. It is a lease that nobody renews: <c>signed-out:SESSION</c>.
/// </summary>
internal sealed class EndedSessions(OperationsLedger ledger, ServeOptions options)
{
    private const string SessionClaim = "recsys:session";

    /// <summary>Gives a session that begins a name of its own.</summary>
    public static void Name(ClaimsPrincipal principal) =>
        ((ClaimsIdentity)principal.Identity!).AddClaim(new Claim(SessionClaim, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))));

    public void End(ClaimsPrincipal principal)
    {
        if (principal.FindFirstValue(SessionClaim) is { } session) ledger.TryAcquire(LeaseOf(session), principal.Identity?.Name ?? "", options.SessionLimit);
    }

    /// <summary>Whether it was ended, or has no name that could be.</summary>
    public bool Has(ClaimsPrincipal principal) =>
        principal.FindFirstValue(SessionClaim) is not { } session || ledger.Lease(LeaseOf(session)) is { Held: true };

    private static string LeaseOf(string session) => "signed-out:" + session;
}
