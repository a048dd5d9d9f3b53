namespace Recsys.Batch.Jobs.Access.OpenId;

/// <summary>Why a provider's answer opened no session. Travels to the sign-in page as a word, never as text.</summary>
internal enum OpenIdRefusal
{
    Provider,
    Denied,
    Answer,
    NoRole,
    NoName,
    NameTaken,
}

internal static class OpenIdRefusals
{
    public static string Page(OpenIdRefusal refusal, string returnUrl = "/") =>
        $"{AccessSetup.SignInPath}?refused={refusal}&returnUrl={Uri.EscapeDataString(returnUrl)}";

    /// <summary>Null where the word is none of ours.</summary>
    public static OpenIdRefusal? Parse(string? word) => Enum.GetValues<OpenIdRefusal>().Cast<OpenIdRefusal?>().FirstOrDefault(r => r.ToString() == word);

    public static (int Status, string Words) Words(OpenIdRefusal refusal, string label) => refusal switch
    {
        OpenIdRefusal.Provider =>
            (StatusCodes.Status503ServiceUnavailable, $"{label} cannot be reached from this host. Try again; the host's log says what was wrong."),
        OpenIdRefusal.Denied => (StatusCodes.Status403Forbidden, $"You were not signed in: {label} says that you declined, or that you may not use this host."),
        OpenIdRefusal.Answer =>
            (StatusCodes.Status400BadRequest, $"The answer of {label} does not fit what this browser asked for, or came too late. Sign in again."),
        OpenIdRefusal.NoRole =>
            (StatusCodes.Status403Forbidden, $"{label} knows you, but gives you no role on this host. Ask whoever runs it for one of viewer or operator."),
        OpenIdRefusal.NoName => (
            StatusCodes.Status403Forbidden,
            $"{label} knows you, but by no name that this host can show. The host's Serve:OpenId:NameClaim says which claim is read."),
        OpenIdRefusal.NameTaken =>
            (StatusCodes.Status403Forbidden, $"{label} knows you by a name that a user or key of this host already has. One of the two must be renamed."),
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, null),
    };
}
