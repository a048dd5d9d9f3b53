using System.Globalization;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>How a column's value is compared.</summary>
internal enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// <summary>A condition on a column of the catalog: <c>price &lt; 5</c>. Values are compared as numbers where both are, else as text without case.</summary>
internal sealed record ItemCondition(string Column, Comparison Comparison, IReadOnlyList<string> Values)
{
    private static readonly Dictionary<string, Comparison> s_signs = new(StringComparer.Ordinal)
    {
        ["="] = Comparison.Equal,
        ["!="] = Comparison.NotEqual,
        ["<"] = Comparison.Less,
        ["<="] = Comparison.LessOrEqual,
        [">"] = Comparison.Greater,
        [">="] = Comparison.GreaterOrEqual,
        ["in"] = Comparison.In,
        ["not in"] = Comparison.NotIn,
    };

    private readonly HashSet<string> _texts = new(Values, StringComparer.OrdinalIgnoreCase);
    private readonly double _number = Values is [var only] ? Number(only) : double.NaN;

    public static IReadOnlyCollection<string> Signs => s_signs.Keys;

    public static Comparison? Of(string sign) => s_signs.TryGetValue(sign, out var found) ? found : null;

    /// <summary>A value that is absent is equal to nothing, and neither less nor greater than anything.</summary>
    public bool Holds(string? value) => Comparison switch
    {
        Comparison.Equal or Comparison.In => value is not null && Has(value),
        Comparison.NotEqual or Comparison.NotIn => value is null || !Has(value),
        _ => value is not null && Number(value) is var number && !double.IsNaN(number) && Comparison switch
        {
            Comparison.Less => number < _number,
            Comparison.LessOrEqual => number <= _number,
            Comparison.Greater => number > _number,
            _ => number >= _number,
        },
    };

    /// <summary>The same for a category path: a category has all that is below it.</summary>
    public bool HoldsForPath(string? path)
    {
        bool within = false;
        for (string? at = path; at is not null && !within; at = at.LastIndexOf('/') is >= 0 and var cut ? at[..cut] : null) within = _texts.Contains(at);
        return Comparison is Comparison.NotEqual or Comparison.NotIn ? !within : within;
    }

    internal static double Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;

    private bool Has(string value)
    {
        if (_texts.Contains(value)) return true;
        // 1, 1.0 and true are one, as tables from different programs have them.
        if (!double.IsNaN(_number) && Number(value) == _number) return true;
        return Values is [var only] && Flag(only) is { } wanted && Flag(value) == wanted;
    }

    private static bool? Flag(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "Y" or "1" => true,
        "FALSE" or "NO" or "N" or "0" => false,
        _ => null,
    };
}
