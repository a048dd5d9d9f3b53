using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Recsys.Batch.Jobs.Api;

/// <summary>
/// An id out of the address as the caller sent it. The server decodes all of a path but <c>%2F</c>, so that an id with a slash and one that spells <c>%2F</c>
/// look alike afterwards: ids are read from what came over the wire instead.
/// </summary>
internal static class PathId
{
    private const int Longest = 1024;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="segment">Which segment of the path, 0 for the first.</param>
    /// <returns>Null where it is no UTF-8, holds a NUL or is longer than 1,024 bytes: no published id is like that.</returns>
    public static string? Read(HttpContext context, int segment)
    {
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // The absolute form, as proxies may send it, starts with scheme and host.
        if (target.Length > 0 && target[0] != '/')
        {
            int host = target.IndexOf("://", StringComparison.Ordinal);
            int slash = host < 0 ? -1 : target.IndexOf('/', host + 3);
            if (slash < 0) return null;
            target = target[slash..];
        }
        var path = target.AsSpan(1);
        int end = path.IndexOfAny('?', '#');
        if (end >= 0) path = path[..end];
        for (; segment > 0; segment--)
        {
            int next = path.IndexOf('/');
            if (next < 0) return null;
            path = path[(next + 1)..];
        }
        end = path.IndexOf('/');
        return Decode(end >= 0 ? path[..end] : path);
    }

    private static string? Decode(ReadOnlySpan<char> text)
    {
        if (text.Length > 3 * Longest) return null;
        Span<byte> bytes = stackalloc byte[text.Length];
        int length = 0;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c > 0x7f) return null;
            if (c == '%')
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])) return null;
                c = (char)(Hex(text[i + 1]) << 4 | Hex(text[i + 2]));
                i += 2;
            }
            if (c == 0) return null;
            bytes[length++] = (byte)c;
        }
        if (length is 0 or > Longest) return null;
        try
        {
            return Strict.GetString(bytes[..length]);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static int Hex(char c) => c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}
