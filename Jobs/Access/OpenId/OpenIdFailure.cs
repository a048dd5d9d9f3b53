using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Recsys.Batch.Jobs.Access.OpenId;

/// <summary>
/// What the log may say of a failure: words of the framework and of the network, codes of the protocol; nothing that the provider or a browser wrote, which may
/// hold tokens.
/// </summary>
internal static partial class OpenIdFailure
{
    public static string Words(Exception? failure)
    {
        if (failure is null) return "no reason was given";
        var cause = failure.GetBaseException();
        string name = cause.GetType().Name;
        return cause switch
        {
            OpenIdConnectProtocolException protocol when protocol.Data["error"] is string error && Code().IsMatch(error) => $"{name} {error}",
            HttpRequestException or SocketException or IOException or TaskCanceledException or AuthenticationFailureException => $"{name}: {cause.Message}",
            // The identity library numbers its messages, and writes values into them.
            _ when IdentityModelCode().Match(cause.Message) is { Success: true } code => $"{name} {code.Value}",
            _ => name,
        };
    }

    [GeneratedRegex("^[a-z_]{1,40}$")]
    private static partial Regex Code();

    [GeneratedRegex("IDX[0-9]{5}")]
    private static partial Regex IdentityModelCode();
}
