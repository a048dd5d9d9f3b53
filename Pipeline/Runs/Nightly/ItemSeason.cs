using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// By how much an item's share of customers grew a year ago, from the days up to this time of the year to the days behind it. Both lie side by side, so what
/// rose or fell over the whole year says little here; an item that was not sold then does what its category did. A year is 52 weeks, for weekdays to be the
/// same.
/// </summary>
internal sealed class ItemSeason
{
    /// <summary>Least days before this time of the last year that the log must have.</summary>
    public const int MinDays = 7;

    private const uint Day = 86_400, Year = 364 * Day;

    /// <summary>No item does more than so many times what it did, or less than the inverse.</summary>
    private const double MaxGrowth = 4;

    private readonly float[] _factors;

    private ItemSeason(float[] factors) => _factors = factors;

    /// <summary>What an item's relevance is multiplied by; above 0.</summary>
    public float Factor(int item) => item < _factors.Length ? _factors[item] : 1;

    /// <returns>Null where the log does not reach far enough back, or has no time.</returns>
    public static ItemSeason? Of(PurchaseLog log, Catalog catalog, SeasonOptions options)
    {
        if (!Reaches(log)) return null;
        uint then = log.Last - Year + 1, length = (uint)options.Days * Day;
        int[] before = log.CustomersByItem(catalog.Items, then - Math.Min(then, length), then), after = log.CustomersByItem(catalog.Items, then, then + length);
        double allBefore = before.Sum(n => (double)n), allAfter = after.Sum(n => (double)n);
        if (allBefore == 0 || allAfter == 0) return null;

        // A prior of so many customers is spread over both stretches as those of all items are.
        double priorBefore = options.PriorCustomers * allBefore / (allBefore + allAfter), priorAfter = options.PriorCustomers - priorBefore;
        var top = new CategoryPaths(catalog).Top;
        int categories = top.DefaultIfEmpty(-1).Max() + 1;
        var (categoryBefore, categoryAfter) = (new double[categories], new double[categories]);
        for (int item = 0; item < catalog.Items; item++)
        {
            if (top[item] < 0) continue;
            categoryBefore[top[item]] += before[item];
            categoryAfter[top[item]] += after[item];
        }
        var factors = new float[catalog.Items];
        for (int item = 0; item < factors.Length; item++)
        {
            double category = top[item] < 0 ? 1 : Growth(categoryBefore[top[item]], categoryAfter[top[item]], 1);
            factors[item] = (float)Math.Pow(Math.Clamp(Growth(before[item], after[item], category), 1 / MaxGrowth, MaxGrowth), options.Weight);
        }
        return new ItemSeason(factors);

        double Growth(double was, double became, double expected) =>
            (became + priorAfter * expected) / allAfter / ((was + priorBefore) / allBefore);
    }

    /// <summary>Says that nothing is known of a year ago.</summary>
    public static void Tell(StageContext context) => context.Progress.Note(FormattableString.Invariant(
        $"Materialize:Season:Enabled is true and changes nothing yet: the log is of less than {364 + MinDays} days, a year and a week, or nothing was sold ")
        + "then");

    /// <summary>Candidates of a ranking, in the season that comes.</summary>
    public Func<CandidateBlock, CandidateBlock> After(Func<CandidateBlock, CandidateBlock> ranking) => candidates => Apply(ranking(candidates));

    /// <summary>The same candidates in the order of their relevance in the season that comes, on its own scale.</summary>
    public CandidateBlock Apply(CandidateBlock candidates)
    {
        var changed = ReorderedCandidates.Copy(candidates);
        for (int u = 0; u < changed.Users.Length; u++)
        {
            int count = ReorderedCandidates.Own(changed, u), first = u * changed.Depth;
            if (count == 0) continue;
            float low = changed.Scales![u].Low;
            for (int at = first; at < first + count; at++) changed.Scores[at] = low + (changed.Scores[at] - low) * Factor(changed.Items[at]);
            ReorderedCandidates.Sort(changed, u);
            changed.Scales[u] = (changed.Scores[first], low);
        }
        return changed;
    }

    private static bool Reaches(PurchaseLog log) => log.HasTime && log.Count > 0 && log.Seconds.Min() + (long)Year + MinDays * Day <= log.Last;
}
