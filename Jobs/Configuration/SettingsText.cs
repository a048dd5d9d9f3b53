using System.Text;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>The text of a configuration file, in whatever encoding an editor saved it: UTF-8 with or without a byte order mark, UTF-16 and UTF-32.</summary>
internal static class SettingsText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ConfigurationException">The bytes are no text of these encodings.</exception>
    public static string Of(string path, ReadOnlySpan<byte> bytes)
    {
        var (encoding, mark) = Encoding(bytes);
        try
        {
            return encoding.GetString(bytes[mark..]);
        }
        catch (DecoderFallbackException e)
        {
            int at = Math.Clamp(mark + e.Index, 0, bytes.Length);
            int line = 1 + bytes[..at].Count((byte)'\n');
            throw new ConfigurationException(
                $"{path}: line {line} holds bytes that are not {encoding.WebName} ({Convert.ToHexString(e.BytesUnknown ?? [])}), "
                + $"as when an editor saves in Windows-1252 or Latin-1; save the file as UTF-8",
                e);
        }
    }

    private static (Encoding Encoding, int Mark) Encoding(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith<byte>([0xEF, 0xBB, 0xBF])) return (Strict, 3);
        if (bytes.StartsWith<byte>([0xFF, 0xFE, 0, 0])) return (new UTF32Encoding(bigEndian: false, byteOrderMark: false, throwOnInvalidCharacters: true), 4);
        if (bytes.StartsWith<byte>([0, 0, 0xFE, 0xFF])) return (new UTF32Encoding(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true), 4);
        if (bytes.StartsWith<byte>([0xFF, 0xFE])) return (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 2);
        if (bytes.StartsWith<byte>([0xFE, 0xFF])) return (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 2);
        // JSON begins with an ASCII character: a zero beside it is the other half of one of 16 bits.
        if (bytes.Length > 1 && bytes[0] != 0 && bytes[1] == 0)
            return (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true), 0);
        if (bytes.Length > 1 && bytes[0] == 0 && bytes[1] != 0)
            return (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true), 0);
        return (Strict, 0);
    }
}
