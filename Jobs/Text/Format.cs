using System.Globalization;

namespace Recsys.Batch.Jobs.Text;

/// <summary>Numbers and times as people read them; the same on every machine.</summary>
internal static partial class Format
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static string Count(long n) => n.ToString("N0", Culture);

    /// <summary><c>1 run</c>, <c>2 runs</c>.</summary>
    public static string Count(long n, string one) => $"{Count(n)} {(n == 1 ? one : Plural(one))}";

    /// <summary><c>0.8 s</c>, <c>12 s</c>, <c>3 min 05 s</c>, <c>1 h 02 min</c>.</summary>
    public static string Duration(TimeSpan t) => t switch
    {
        { TotalSeconds: < 9.95 } => string.Create(Culture, $"{Math.Max(0, t.TotalSeconds):0.0} s"),
        { TotalSeconds: < 59.5 } => string.Create(Culture, $"{t.TotalSeconds:0} s"),
        { TotalSeconds: < 3599.5 } => string.Create(Culture, $"{(long)Math.Round(t.TotalSeconds) / 60} min {(long)Math.Round(t.TotalSeconds) % 60:00} s"),
        _ => string.Create(Culture, $"{(long)t.TotalHours} h {t.Minutes:00} min"),
    };

    /// <summary><c>181,000 rows/s</c> with three digits that mean something.</summary>
    public static string Rate(double perSecond, string unit)
    {
        string units = unit.Length == 0 ? "/s" : $" {Plural(unit)}/s";
        return perSecond switch
        {
            <= 0 => "",
            < 10 => string.Create(Culture, $"{perSecond:0.0}{units}"),
            < 1000 => string.Create(Culture, $"{perSecond:0}{units}"),
            _ => string.Create(Culture, $"{Rounded(perSecond):N0}{units}"),
        };
    }

    public static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => string.Create(Culture, $"{bytes} B"),
        < 1 << 20 => string.Create(Culture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(Culture, $"{bytes / 1048576.0:0.0} MiB"),
        _ => string.Create(Culture, $"{bytes / 1073741824.0:0.0} GiB"),
    };

    public static string Share(double share) => string.Create(Culture, $"{100 * share:0.0}%");

    /// <summary>What something adds, with its sign: <c>+0.42</c>.</summary>
    public static string Added(double value) => value.ToString("+0.00;−0.00;0.00", Culture);

    public static string Number(double value, string format) => double.IsNaN(value) ? "-" : value.ToString(format, Culture);

    /// <summary>The plural of a unit: <c>row</c> and <c>rows</c> both give <c>rows</c>; units of two words (<c>per mille</c>) have none.</summary>
    public static string Plural(string unit) =>
        unit.Length == 0 || unit[^1] == 's' || unit.Contains(' ', StringComparison.Ordinal) ? unit
        : unit[^1] == 'y' && unit.Length > 1 && !"aeiou".Contains(unit[^2], StringComparison.Ordinal) ? unit[..^1] + "ies"
        : unit + "s";

    private static double Rounded(double value)
    {
        double step = Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
        return Math.Round(value / step) * step;
    }
}
