namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <param name="Low">With <paramref name="High"/> the interval: see <see cref="RareClickInterval"/>. A user's lists go together.</param>
internal sealed record EstimatedValue(double Value, double Low, double High)
{
    public static readonly EstimatedValue None = new(double.NaN, double.NaN, double.NaN);
}

/// <summary>What a policy is worth, in reward a list that is seen, with 95% intervals.</summary>
/// <param name="Ips">Inverse propensity score (Horvitz and Thompson 1952).</param>
/// <param name="Snips">The same, normalized by its weights (Swaminathan and Joachims 2015).</param>
/// <param name="DoublyRobust">With a reward model (Dudik, Langford and Li 2011): the one to look at.</param>
/// <param name="EffectiveUsers">Kish's (1965) effective sample size: as many users who had followed the policy would say as much.</param>
/// <param name="EffectiveClicks">As many users with one click each, on lists of equal weight, would say as much.</param>
/// <param name="MaxWeight">The largest weight of a list.</param>
/// <param name="Refusal">Why nothing is concluded from it; null where something can be.</param>
internal sealed record PolicyEstimate(
    string Policy, EstimatedValue Ips, EstimatedValue Snips, EstimatedValue DoublyRobust, double EffectiveUsers, double EffectiveClicks,
    double MaxWeight, string? Refusal)
{
    public bool IsConclusive => Refusal is null;
}
