using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;

namespace Recsys.Batch.Benchmarks.Feedback;

/// <summary>How often 95% intervals of one kind of policy held the truth over simulated logs of a shop.</summary>
internal sealed class CoverageRow(SimulatedShop shop, string kind)
{
    public static readonly string[] Estimators = ["IPS", "SNIPS", "DR"];

    public const double Least = 0.93, Most = 0.97;

    public SimulatedShop Shop { get; } = shop;

    public string Kind { get; } = kind;

    public int Estimates { get; private set; }

    public int Refused { get; private set; }

    public int[] Held { get; } = new int[3];

    /// <summary>Intervals of estimates that were not refused and missed the truth.</summary>
    public int[] Misled { get; } = new int[3];

    /// <summary>Intervals that were a point, or said nothing of how large the truth may be.</summary>
    public int Points { get; private set; }

    public double Clicks { get; private set; }

    public double EffectiveUsers { get; private set; }

    public double EffectiveClicks { get; private set; }

    /// <summary>Whether most of the estimates are refused.</summary>
    public bool IsRefused => 2 * Refused > Estimates;

    public double Coverage(int estimator) => Held[estimator] / (double)Estimates;

    /// <summary>Whether an estimator holds what is promised, up to <paramref name="error"/>: from 25 clicks on not too much either.</summary>
    public bool Holds(int estimator, double error = 0) =>
        IsRefused || Coverage(estimator) >= Least - error && (EffectiveClicks / Estimates < 25 || Coverage(estimator) <= Most + error);

    public static CoverageRow[] Of(SimulatedShop shop, int logs, ulong seed, int threads)
    {
        var options = new FeedbackOptions();
        var rows = SimulatedShop.Targets.Select(t => t.Kind).Distinct().ToDictionary(k => k, k => new CoverageRow(shop, k));
        var all = new List<(string, double Truth, double Clicks, PolicyEstimate)>[logs];
        Parallel.For(0, logs, new ParallelOptions { MaxDegreeOfParallelism = threads }, log => all[log] = One(shop, seed + (ulong)log, options));
        foreach (var (kind, truth, clicks, estimate) in all.SelectMany(l => l)) rows[kind].Add(truth, clicks, estimate);
        return [.. rows.Values];
    }

    private static List<(string, double, double, PolicyEstimate)> One(SimulatedShop shop, ulong seed, FeedbackOptions options)
    {
        var lists = shop.Log(seed, options.MaxListsPerUser);
        var model = new RewardModel(lists, new UserFolds(lists.Clusters, options.Folds, seed));
        var estimator = new OffPolicyEstimator(lists, model, options.MinEffectiveUsers, options.MinClicks);
        var clicks = new double[lists.Contexts, lists.Arms];
        for (int i = 0; i < lists.Count; i++) clicks[lists.Context[i], lists.Arm[i]] += lists.Reward[i];
        double ClicksOf(double[][] pi) => pi.Select((row, x) => row.Select((p, a) => p > 0 ? clicks[x, a] : 0).Sum()).Sum();
        return
        [
            .. SimulatedShop.Targets.Select(t => (
                t.Kind, shop.Truth(t.Probabilities), ClicksOf(t.Probabilities), estimator.Estimate(new TargetPolicy("", t.Probabilities)))),
        ];
    }

    private void Add(double truth, double clicks, PolicyEstimate estimate)
    {
        Estimates++;
        if (!estimate.IsConclusive) Refused++;
        foreach (var (k, value) in new[] { estimate.Ips, estimate.Snips, estimate.DoublyRobust }.Index())
        {
            if (value.Low <= truth && truth <= value.High) Held[k]++;
            else if (estimate.IsConclusive) Misled[k]++;
            if (!(value.High > value.Low && value.High > 0)) Points++;
        }
        Clicks += clicks;
        EffectiveUsers += estimate.EffectiveUsers;
        EffectiveClicks += estimate.EffectiveClicks;
    }
}
