using System.Net;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Access.OpenId;

/// <summary>
/// Section <c>Serve:OpenId</c>: people sign in at a provider of OpenID Connect, which says who they are; the roles here say what they may do.
/// </summary>
internal sealed class OpenIdOptions : IStageOptions
{
    /// <summary>
    /// The provider, as <c>https://login.example.com/realms/shop</c>: below it lies <c>.well-known/openid-configuration</c>. Empty: nobody signs in this way.
    /// Plain http for this machine alone.
    /// </summary>
    public string? Authority { get; set; }

    /// <summary>How the provider knows this host. Its redirect address there is this host's <c>/sign-in/openid</c>.</summary>
    public string ClientId { get; set; } = "";

    /// <summary><c>env:NAME</c>, <c>file:PATH</c> or the secret itself; empty for a client without one.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the button says after "Sign in with", 1 to 40 letters.</summary>
    public string Label { get; set; } = "single sign-on";

    /// <summary>What is asked for; <c>openid</c> among it.</summary>
    public List<string> Scopes { get; set; } = ["openid", "profile"];

    /// <summary>
    /// Claim whose value names the person in pages and logs. Where it is missing or no name (1 to 64 letters, digits and any of <c>. _ - @</c>), <c>email</c>
    /// and then <c>sub</c> do.
    /// </summary>
    public string NameClaim { get; set; } = "preferred_username";

    /// <summary>
    /// Claim, a text or a list of texts, that is looked for in <see cref="Operators"/> and <see cref="Viewers"/>. One that the provider's administrators
    /// decide, not the person.
    /// </summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>Values of <see cref="RoleClaim"/> that make an operator.</summary>
    public List<string> Operators { get; set; } = [];

    /// <summary>Values of <see cref="RoleClaim"/> that make a viewer. Who has a value of neither list is not let in.</summary>
    public List<string> Viewers { get; set; } = [];

    public bool IsOn => !string.IsNullOrEmpty(Authority);

    public void Validate(OptionsCheck check)
    {
        if (!IsOn)
        {
            check.Require(
                ClientId.Length == 0 && Operators.Count == 0 && Viewers.Count == 0, null,
                "the provider's address as https://login.example.com beside the other keys", nameof(Authority));
            return;
        }
        check
            .Require(
                IsProvider(Authority!), Authority, "an https address without query (http for this machine's own), as https://login.example.com/realms/shop")
            .NotEmpty(ClientId, "how the provider knows this host")
            .Require(Label.Trim().Length is > 0 and <= 40 && !Label.Any(char.IsControl), Label, "1 to 40 letters")
            .Require(Scopes.Contains("openid"), string.Join(' ', Scopes), "openid among the scopes", nameof(Scopes))
            .NotEmpty(NameClaim, "a claim's name, as preferred_username")
            .NotEmpty(RoleClaim, "a claim's name, as roles")
            .Require(
                Operators.Count + Viewers.Count > 0, "none", "at least one value of the role claim in Operators or Viewers: without one nobody is let in",
                nameof(Operators));
        foreach (string both in Operators.Intersect(Viewers, StringComparer.Ordinal))
            check.Require(false, both, "a value that is not among Operators too", nameof(Viewers));
    }

    private static bool IsProvider(string authority) =>
        Uri.TryCreate(authority, UriKind.Absolute, out var uri) && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
        && (uri.Scheme == "https"
            || uri.Scheme == "http"
            && (uri.Host == "localhost" || IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
