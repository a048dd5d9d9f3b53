using System.Globalization;
using System.Net;

namespace Recsys.Batch.Jobs.Access;

/// <summary>One address that the host listens on.</summary>
/// <param name="IsLoopback">Only this machine reaches it.</param>
/// <param name="Address">Null for a name that stands for every address (<c>*</c>, <c>+</c>) or for <c>localhost</c>.</param>
internal sealed record ListenAddress(string Scheme, string Name, IPAddress? Address, int Port, bool IsLoopback)
{
    public bool IsHttps => Scheme == Uri.UriSchemeHttps;

    /// <summary>Null where the text is not an address to listen on.</summary>
    public static ListenAddress? Parse(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return null;
        string name = text[..scheme].ToLowerInvariant();
        if (name is not ("http" or "https")) return null;
        string rest = text[(scheme + 3)..].TrimEnd('/');
        int port = name == "https" ? 443 : 80;
        int colon = rest.LastIndexOf(':');
        if (colon >= 0 && !rest[colon..].Contains(']', StringComparison.Ordinal))
        {
            if (!int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > ushort.MaxValue) return null;
            rest = rest[..colon];
        }
        if (rest is "*" or "+") return new(name, rest, null, port, false);
        if (rest.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return new(name, "localhost", null, port, true);
        return IPAddress.TryParse(rest.Trim('[', ']'), out var address) ? new(name, rest, address, port, IPAddress.IsLoopback(address)) : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Name}:{Port}");
}
