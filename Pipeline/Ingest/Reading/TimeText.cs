using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Times as exporters print them, beyond ISO 8601: <c>2011/12/01 08:26</c>, <c>20111201</c>, <c>2011-12-01 08:26:00.000 UTC</c>, <c>01.12.2011 08:26</c>,
/// <c>01-Dec-2011 8:26 AM</c>, <c>Dec 1, 2011</c>, <c>Thu, 01 Dec 2011 08:26:00 GMT</c>. What can mean two days (<c>3/4/2011</c>) is none. A time without a
/// zone is UTC.
/// </summary>
internal static partial class TimeText
{
    private const int MaxBytes = 64;
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>Seconds since 1970-01-01T00:00; fractions are cut off.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long seconds)
    {
        if (IsoTime.TryParse(text, out seconds)) return true;
        seconds = 0;
        if (text.Length > MaxBytes) return false;
        var match = Printed().Match(Encoding.UTF8.GetString(text).Trim());
        if (!match.Success) return false;
        string word = match.Groups["month"].Value;
        int month = word.Length == 0 ? Number(match, "m") : 1 + Array.FindIndex(Months, m => word.StartsWith(m, StringComparison.OrdinalIgnoreCase));
        int year = Number(match, "y"), day = Number(match, "d"), hour = Number(match, "h");
        if (year < 100) year += year < 70 ? 2000 : 1900;
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (match.Groups["half"].Success)
        {
            if (hour is < 1 or > 12) return false;
            hour = hour % 12 + (match.Groups["half"].Value[0] is 'p' or 'P' ? 12 : 0);
        }
        if (hour > 23 || Number(match, "min") > 59 || Number(match, "s") > 60) return false;
        seconds = (new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * 86_400L + hour * 3600 + Number(
            match, "min") * 60 + Number(match, "s");
        if (match.Groups["zone"].Success) seconds -= (match.Groups["zone"].Value[0] == '+' ? 1 : -1) * (Number(match, "zh") * 3600 + Number(match, "zm") * 60);
        return true;
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        """
        ^([A-Za-z]{3,9},?\ )?
        ( (?<y>[0-9]{4})[-/.](?<m>[0-9]{1,2})[-/.](?<d>[0-9]{1,2})
        | (?<y>(19|20)[0-9]{2})(?<m>[0-9]{2})(?<d>[0-9]{2})
        | (?<d>[0-9]{1,2})\.(?<m>[0-9]{1,2})\.(?<y>[0-9]{4})
        | (?<d>[0-9]{1,2})[-\ ](?<month>[A-Za-z]{3,9})[-\ ,]{1,2}(?<y>[0-9]{4}|[0-9]{2})
        | (?<month>[A-Za-z]{3,9})\ {1,2}(?<d>[0-9]{1,2}),?\ (?<y>[0-9]{4})
        )
        ( [T,\ ]{1,2}(?<h>[0-9]{1,2})[:.](?<min>[0-9]{2})([:.](?<s>[0-9]{2})([.,:][0-9]{1,9})?)?(\ ?(?<half>[AaPp])\.?[Mm]\.?)?
        | T?(?<h>[0-9]{2})(?<min>[0-9]{2})(?<s>[0-9]{2})([.,][0-9]{1,9})?
        | [T\ ](?<h>[0-9]{2})
        )?
        \ ?( Z | UTC | GMT | (UTC|GMT)?(?<zone>[+-](?<zh>[0-9]{2}):?(?<zm>[0-9]{2})?) )? (\ UTC|\ GMT|\ Z)?$
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Printed();
}
