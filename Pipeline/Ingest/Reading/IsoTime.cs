using System.Text;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>ISO 8601 in the forms logs use: <c>2011-12-01</c>, <c>2011-12-01 08:26</c>, <c>2011-12-01T08:26:00.123Z</c>, <c>...+01:00</c>.</summary>
internal static class IsoTime
{
    /// <summary>Seconds since 1970-01-01T00:00; fractions are cut off, a time without a zone is UTC.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        text = text.Trim(" \t"u8);
        if (!Number(text, 0, 4, out int year) || !Number(text, 5, 2, out int month) || !Number(text, 8, 2, out int day)) return false;
        if (text[4] != '-' || text[7] != '-' || year == 0 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        seconds = (new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400L;
        text = text[10..];
        if (text.IsEmpty) return true;
        if (text[0] is not ((byte)'T' or (byte)' ') || !Number(text, 1, 2, out int hour) || !Number(text, 4, 2, out int minute) || text[3] != ':') return false;
        int second = 0;
        text = text[6..];
        if (text.Length > 0 && text[0] == ':')
        {
            if (!Number(text, 1, 2, out second)) return false;
            text = text[3..];
            if (text.Length > 0 && text[0] == '.') text = text[1..].TrimStart("0123456789"u8);
        }
        if (hour > 23 || minute > 59 || second > 60) return false;
        seconds += hour * 3600L + minute * 60 + second;
        if (text.IsEmpty || text.SequenceEqual("Z"u8)) return true;
        if (text[0] is not ((byte)'+' or (byte)'-') || !Number(text, 1, 2, out int zoneHour)) return false;
        int zoneMinute = 0;
        if (text.Length > 3 && !Number(text, text[3] == ':' ? 4 : 3, 2, out zoneMinute)) return false;
        seconds -= (text[0] == '+' ? 1 : -1) * (zoneHour * 3600L + zoneMinute * 60);
        return text.Length <= 6;
    }

    public static bool TryParse(string? text, out long seconds) => TryParse(Encoding.UTF8.GetBytes(text ?? ""), out seconds);

    public static string Format(long seconds) =>
        DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static bool Number(ReadOnlySpan<byte> text, int at, int digits, out int value)
    {
        value = 0;
        if (text.Length < at + digits) return false;
        foreach (byte c in text.Slice(at, digits))
        {
            if (c is < (byte)'0' or > (byte)'9') return false;
            value = value * 10 + (c - '0');
        }
        return true;
    }
}
