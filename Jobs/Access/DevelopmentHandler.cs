using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Recsys.Batch.Jobs.Access;

/// <summary>In development without users and keys: whoever comes from this machine is an operator. Registered nowhere else.</summary>
internal sealed class DevelopmentHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string UserName = "developer";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
        Context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            ? AuthenticateResult.Success(new AuthenticationTicket(AccessDirectory.Principal(UserName, AccessRole.Operator, Scheme.Name, null), Scheme.Name))
            : AuthenticateResult.NoResult());
}
