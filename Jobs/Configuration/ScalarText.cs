using System.Globalization;

namespace Recsys.Batch.Jobs.Configuration;

/// <summary>Turns the text of a scalar into a value of an option's type, and says in words what that type expects.</summary>
internal static class ScalarText
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    private static readonly Dictionary<Type, (string Expected, Func<string, object?> Parse)> Types = new()
    {
        [typeof(string)] = ("text", s => s),
        [typeof(bool)] = ("true or false", s => bool.TryParse(s, out bool v) ? v : null),
        [typeof(byte)] = Whole(byte.MinValue, byte.MaxValue, s => byte.TryParse(s, NumberStyles.Integer, Culture, out byte v) ? v : null),
        [typeof(int)] = Whole(int.MinValue, int.MaxValue, s => int.TryParse(s, NumberStyles.Integer, Culture, out int v) ? v : null),
        [typeof(uint)] = Whole(uint.MinValue, uint.MaxValue, s => uint.TryParse(s, NumberStyles.Integer, Culture, out uint v) ? v : null),
        [typeof(long)] = Whole(long.MinValue, long.MaxValue, s => long.TryParse(s, NumberStyles.Integer, Culture, out long v) ? v : null),
        [typeof(ulong)] = Whole(ulong.MinValue, ulong.MaxValue, s => ulong.TryParse(s, NumberStyles.Integer, Culture, out ulong v) ? v : null),
        [typeof(float)] = ("a number", s => float.TryParse(s, NumberStyles.Float, Culture, out float v) && float.IsFinite(v) ? v : null),
        [typeof(double)] = ("a number", s => double.TryParse(s, NumberStyles.Float, Culture, out double v) && double.IsFinite(v) ? v : null),
        [typeof(decimal)] = ("a number", s => decimal.TryParse(s, NumberStyles.Float, Culture, out decimal v) ? v : null),
        [typeof(TimeSpan)] = ("a duration as [days.]hours:minutes:seconds, for example 1.00:00:00", s => Duration(s)),
        [typeof(DateOnly)] = ("a date as 2011-10-01", s => DateOnly.TryParseExact(s, "yyyy-MM-dd", Culture, DateTimeStyles.None, out var v) ? v : null),
        [typeof(DateTime)] = ("a date or time as 2011-10-01T00:00:00", s => DateTime.TryParse(s, Culture, DateTimeStyles.RoundtripKind, out var v) ? v : null),
        [typeof(DateTimeOffset)] = (
            "a date or time as 2011-10-01T00:00:00Z", s => DateTimeOffset.TryParse(s, Culture, DateTimeStyles.AssumeUniversal, out var v) ? v : null),
        [typeof(char)] = ("one character", s => s.Length == 1 ? s[0] : null),
    };

    public static bool IsScalar(Type type) => type.IsEnum || Types.ContainsKey(type);

    public static string Expected(Type type) => type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type)) : Types[type].Expected;

    public static bool TryParse(Type type, string text, out object? value)
    {
        if (!type.IsEnum) return (value = Types[type].Parse(text)) is not null;
        // Numbers and comma lists, which Enum.TryParse would take, are not names.
        string? name = Enum.GetNames(type).FirstOrDefault(n => n.Equals(text.Trim(), StringComparison.OrdinalIgnoreCase));
        value = name is null ? null : Enum.Parse(type, name);
        return value is not null;
    }

    /// <summary>A duration; <c>26:00:00</c> is 26 hours, which the framework would take for 26 days.</summary>
    private static TimeSpan? Duration(string text)
    {
        string[] parts = text.Trim().Split(':');
        if (parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, Culture, out int hours) && hours < 24_000
            && TimeSpan.TryParse($"00:{parts[1]}:{parts[2]}", Culture, out var rest))
        {
            return TimeSpan.FromHours(hours) + rest;
        }
        return parts.Length > 1 && TimeSpan.TryParse(text, Culture, out var v) ? v : null;
    }

    private static (string, Func<string, object?>) Whole(IFormattable min, IFormattable max, Func<string, object?> parse) =>
        (string.Create(Culture, $"a whole number from {min} to {max}"), parse);
}
