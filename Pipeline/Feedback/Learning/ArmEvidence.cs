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
    /// <param name="fullShare">Share of its users whose clicks count in full; who clicked more counts as the last of them, at least for 1 click.</param>
    public static ArmEvidence[] Of(LoggedImpressions lists, int context, double fullShare)
    {
        var means = Enumerable.Range(0, lists.Arms).Select(_ => new ClusteredMean(lists.Clusters)).ToArray();
        var moments = new ClickMomentsBuilder[lists.Arms];
        double[] counts = Counted(lists, context, fullShare);
        double clicks = 0, weights = 0;
        for (int i = 0; i < lists.Count; i++)
            if (Counts(lists, i, context)) (clicks, weights) = (clicks + counts[lists.Users[i]] * lists.Weight[i] * lists.Reward[i], weights + lists.Weight[i]);
        // Moments as they would be if the arms did not differ.
        double rate = weights > 0 ? clicks / weights : 0;
        for (int i = 0; i < lists.Count; i++)
        {
            if (!Counts(lists, i, context)) continue;
            means[lists.Arm[i]].Add(lists.Users[i], counts[lists.Users[i]] * lists.Weight[i] * lists.Reward[i], lists.Weight[i]);
            moments[lists.Arm[i]].Add(lists.Weight[i], rate);
        }
        return [.. means.Select((mean, a) => new ArmEvidence(mean, moments[a]))];
    }

    /// <summary>By user, the share of their clicks that counts.</summary>
    private static double[] Counted(LoggedImpressions lists, int context, double fullShare)
    {
        var (clicks, saw) = (new double[lists.Clusters], new bool[lists.Clusters]);
        for (int i = 0; i < lists.Count; i++)
        {
            if (!Counts(lists, i, context)) continue;
            clicks[lists.Users[i]] += lists.Weight[i] * lists.Reward[i];
            saw[lists.Users[i]] = true;
        }
        double[] sorted = [.. clicks.Where((_, u) => saw[u]).Order()];
        double most = sorted.Length == 0 ? 1 : Math.Max(1, sorted[(int)Math.Ceiling(fullShare * sorted.Length) - 1]);
        return Array.ConvertAll(clicks, c => c > most ? most / c : 1);
    }

    /// <summary>Two arms as one.</summary>
    public ArmEvidence With(ArmEvidence other) => new(_mean.With(other._mean), _moments.With(other._moments));

    public EstimatedValue Interval(double z) => RareClickInterval.Of(_mean.Moments(), _moments.Of(EffectiveClicks), z);

    public static bool Counts(LoggedImpressions lists, int list, int context) => lists.InForce[list] && lists.Context[list] == context;
}
