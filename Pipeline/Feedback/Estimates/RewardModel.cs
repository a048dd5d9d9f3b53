namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>
/// Mean reward by context and arm, each drawn towards its context's and that towards the whole by <see cref="Prior"/> lists. For each fold of users one model
/// that did not see them, so that a doubly robust estimate owes nothing to its own noise (Chernozhukov et al. 2018).
/// </summary>
internal sealed class RewardModel
{
    /// <summary>Lists that the broader mean counts for.</summary>
    private const double Prior = 10;

    private readonly double[,,] _means;

    public RewardModel(LoggedImpressions lists, UserFolds folds)
    {
        Folds = folds;
        var sums = new double[folds.Count, lists.Contexts, lists.Arms];
        var counts = new double[folds.Count, lists.Contexts, lists.Arms];
        for (int i = 0; i < lists.Count; i++)
        {
            int fold = folds.Of(lists.Users[i]);
            sums[fold, lists.Context[i], lists.Arm[i]] += lists.Weight[i] * lists.Reward[i];
            counts[fold, lists.Context[i], lists.Arm[i]] += lists.Weight[i];
        }
        _means = new double[folds.Count, lists.Contexts, lists.Arms];
        for (int fold = 0; fold < folds.Count; fold++) Fit(fold, lists.Contexts, lists.Arms, sums, counts);
    }

    public UserFolds Folds { get; }

    /// <summary>Expected reward of an arm in a context, for users of a fold, from the other folds.</summary>
    public double Of(int fold, int context, int arm) => _means[fold, context, arm];

    private void Fit(int fold, int contexts, int arms, double[,,] sums, double[,,] counts)
    {
        var (sum, count) = (new double[contexts, arms], new double[contexts, arms]);
        double total = 0, lists = 0;
        for (int other = 0; other < Folds.Count; other++)
        {
            if (other == fold) continue;
            for (int x = 0; x < contexts; x++)
            {
                for (int a = 0; a < arms; a++)
                {
                    sum[x, a] += sums[other, x, a];
                    count[x, a] += counts[other, x, a];
                    total += sums[other, x, a];
                    lists += counts[other, x, a];
                }
            }
        }
        double overall = lists > 0 ? total / lists : 0;
        for (int x = 0; x < contexts; x++)
        {
            double rewards = 0, seen = 0;
            for (int a = 0; a < arms; a++) (rewards, seen) = (rewards + sum[x, a], seen + count[x, a]);
            double mean = (rewards + Prior * overall) / (seen + Prior);
            for (int a = 0; a < arms; a++) _means[fold, x, a] = (sum[x, a] + Prior * mean) / (count[x, a] + Prior);
        }
    }
}
