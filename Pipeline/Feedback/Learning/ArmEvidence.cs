using Recsys.Batch.Pipeline.Feedback.Estimates;

namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <summary>
/// What lists of one arm brought in one context, by users, under the policy in force alone: all were drawn with one probability, and no user drew two arms, so
/// their mean needs no weights and arms know nothing of each other.
/// </summary>
internal sealed class ArmEvidence
{
    private readonly ClusteredMean _mean;
    private readonly ClickMomentsBuilder _moments;

    private ArmEvidence(ClusteredMean mean, ClickMomentsBuilder moments) => (_mean, _moments) = (mean, moments);

    public double Value => _mean.Moments().Value;

    public double EffectiveUsers => _mean.Effective;

    public double EffectiveClicks => _mean.EffectiveClicks;

    /// <summary>By arm, from the lists of the policy in force that were seen in a context.</summary>
    public static ArmEvidence[] Of(LoggedImpressions lists, int context)
    {
        var means = Enumerable.Range(0, lists.Arms).Select(_ => new ClusteredMean(lists.Clusters)).ToArray();
        var moments = new ClickMomentsBuilder[lists.Arms];
        double clicks = 0, weights = 0;
        for (int i = 0; i < lists.Count; i++)
            if (Counts(lists, i, context)) (clicks, weights) = (clicks + lists.Weight[i] * lists.Reward[i], weights + lists.Weight[i]);
        // Moments as they would be if the arms did not differ.
        double rate = weights > 0 ? clicks / weights : 0;
        for (int i = 0; i < lists.Count; i++)
        {
            if (!Counts(lists, i, context)) continue;
            means[lists.Arm[i]].Add(lists.Users[i], lists.Weight[i] * lists.Reward[i], lists.Weight[i]);
            moments[lists.Arm[i]].Add(lists.Weight[i], rate);
        }
        return [.. means.Select((mean, a) => new ArmEvidence(mean, moments[a]))];
    }

    /// <summary>Two arms as one.</summary>
    public ArmEvidence With(ArmEvidence other) => new(_mean.With(other._mean), _moments.With(other._moments));

    public EstimatedValue Interval(double z) => RareClickInterval.Of(_mean.Moments(), _moments.Of(EffectiveClicks), z);

    public static bool Counts(LoggedImpressions lists, int list, int context) => lists.InForce[list] && lists.Context[list] == context;
}
