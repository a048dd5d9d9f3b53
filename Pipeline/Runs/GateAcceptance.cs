using System.Globalization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>
/// Failed checks that somebody looked at and accepts in one run: they warn there, with the reason. A check is accepted at the value that was seen; where new
/// data make it another one, the gate refuses again.
/// </summary>
/// <param name="Values"><c>gate/name</c> to the value.</param>
internal sealed record GateAcceptance(IReadOnlyDictionary<string, double> Values, string Reason)
{
    /// <summary>Parameter of a job: <c>lists/coverage=0.0123</c>, more of them after semicolons.</summary>
    public const string Parameter = "accept";

    /// <summary>Parameter of a job: why.</summary>
    public const string ReasonParameter = "reason";

    public const int LongestReason = 500;

    // Lists that hold what the customer has, or no list at all, are no matter of judgement.
    private static readonly HashSet<string> Never =
        ["lists/lists", "lists/repeated_items", "lists/excluded_items", "lists/unavailable_items", "lists/scores_not_finite"];

    public static bool MayBe(ConstraintResult check) => check.Level == ConstraintLevel.Fail && double.IsFinite(check.Value) && !Never.Contains(Id(check));

    /// <summary>The parameter's text for checks that failed.</summary>
    public static string Text(IEnumerable<ConstraintResult> failed) =>
        string.Join(';', failed.Select(c => string.Create(CultureInfo.InvariantCulture, $"{Id(c)}={c.Value:R}")));

    /// <returns>Null where nothing is accepted.</returns>
    /// <exception cref="ConfigurationException">The parameters cannot be used.</exception>
    public static GateAcceptance? Of(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.GetValueOrDefault(Parameter) is not { } text) return null;
        string reason = parameters.GetValueOrDefault(ReasonParameter)?.Trim() ?? "";
        if (reason.Length is < 3 or > LongestReason)
            throw new ConfigurationException($"reason has {reason.Length} letters; expected 3 to {LongestReason} that say why the gate's refusal is accepted");
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = part.LastIndexOf('=');
            if (at < 1 || !part.AsSpan(0, at).Contains('/') || !double.TryParse(part.AsSpan(at + 1), CultureInfo.InvariantCulture, out double value)
                || Never.Contains(part[..at]))
            {
                throw new ConfigurationException($"accept has '{part}'; expected GATE/CHECK=VALUE of a check whose refusal can be accepted");
            }
            values[part[..at]] = value;
        }
        return new GateAcceptance(values, reason);
    }

    /// <summary>The check as this run takes it.</summary>
    public ConstraintResult Apply(ConstraintResult check)
    {
        if (check.Level != ConstraintLevel.Fail || !Values.TryGetValue(Id(check), out double accepted)) return check;
        return accepted.Equals(check.Value)
            ? check with { Level = ConstraintLevel.Warn, Message = $"accepted this once: {Reason}. {check.Message}" }
            : check with { Message = string.Create(CultureInfo.InvariantCulture, $"{check.Message}; {accepted:G6} was accepted, and it is another value now") };
    }

    private static string Id(ConstraintResult check) => $"{check.Gate}/{check.Name}";
}
