namespace Recsys.Batch.Jobs.Access;

/// <summary>Addresses of this host alone: what comes with a request must not lead elsewhere.</summary>
internal static class LocalUrl
{
    /// <summary><paramref name="url"/> where it is a path of this host, else <paramref name="otherwise"/>.</summary>
    public static string Or(string? url, string otherwise) =>
        url is ['/', ..] && !(url.Length > 1 && url[1] is '/' or '\\') && !url.Any(char.IsControl) ? url : otherwise;
}
