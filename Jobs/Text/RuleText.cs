using System.Globalization;
using Recsys.Batch.Pipeline.Constrain;

namespace Recsys.Batch.Jobs.Text;

/// <summary>What a rule came to, in words.</summary>
internal static class RuleText
{
    /// <summary>What a rule gives up: relevance a list with its interval, or for the night as a whole what allocation lost to it.</summary>
    public static string Cost(RuleOutcome rule) =>
        rule.Cost is { } cost
            ? string.Create(CultureInfo.InvariantCulture, $"{cost.Lost:0.000} a list ({cost.Low:0.000} to {cost.High:0.000}), {cost.Share:0.0%}")
            : rule is { Lost: { } lost, LostShare: { } share }
                ? string.Create(CultureInfo.InvariantCulture, $"{lost:0.0} of all lists, {share:0.00%}")
                : "";
}
