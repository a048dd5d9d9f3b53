using System.Globalization;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>The values of an option in the order in which a walk from one of them meets them.</summary>
internal static class OptionSteps
{
    /// <param name="from">Where the walk stands; a number between two of <paramref name="values"/>, or one of them.</param>
    /// <param name="values">From one end to the other.</param>
    /// <param name="direction">1 for onward, -1 for back.</param>
    public static IEnumerable<string> From(string from, string[] values, int direction)
    {
        int at = Array.FindIndex(values, v => string.Equals(v, from, StringComparison.OrdinalIgnoreCase) || Number(v) is { } n && n == Number(from));
        if (at >= 0) return direction > 0 ? values.Skip(at + 1) : values.Take(at).Reverse();
        if (Number(from) is not { } number) return [];
        return direction > 0 ? values.Where(v => Number(v) > number) : values.Where(v => Number(v) < number).Reverse();
    }

    public static bool IsNumber(string value) => Number(value) is not null;

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;
}
