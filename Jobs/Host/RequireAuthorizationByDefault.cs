using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Host;

/// <summary>A host that nobody has said who may use starts only where nobody else can reach it.</summary>
internal static class RequireAuthorizationByDefault
{
    /// <summary>Whether everyone who reaches the host is an operator: development, this machine alone, no users and keys.</summary>
    /// <exception cref="ConfigurationException">The host would be open to others, or passwords would be.</exception>
    public static bool Decide(ServeOptions options, IReadOnlyList<ListenAddress> addresses)
    {
        // Without pages and lists there are probes, which name no one's data.
        if (!options.Roles.Contains(HostRole.Web)) return false;
        var beyond = addresses.FirstOrDefault(a => !a.IsLoopback);
        if (options.Users.Count + options.ApiKeys.Count == 0 && !options.OpenId.IsOn)
        {
            if (beyond is not null)
            {
                throw new ConfigurationException(
                    $"Serve:Urls is {beyond}, which others reach, and none of Serve:Users, Serve:OpenId and Serve:ApiKeys says who may use it. "
                    + $"Add a user with a hash from 'serve hash-password', a provider, or a key from 'serve new-key'; "
                    + $"or listen on http://localhost:{beyond.Port} with --development.");
            }
            if (!options.Development)
            {
                throw new ConfigurationException(
                    "None of Serve:Users, Serve:OpenId and Serve:ApiKeys says who may use this host. Add a user with a hash from 'serve hash-password', "
                    + "a provider, or a key from 'serve new-key'; on your own machine, pass --development, and everyone on it is an operator.");
            }
            return true;
        }
        if (beyond is { IsHttps: false } && options.Proxies.Count == 0 && !options.AllowPlainHttp)
        {
            throw new ConfigurationException(
                $"Serve:Urls is {beyond}: passwords and keys would cross the network in clear. Use https with Serve:Certificate, "
                + $"name the proxy that speaks https in Serve:Proxies, or accept it with Serve:AllowPlainHttp=true.");
        }
        return false;
    }
}
