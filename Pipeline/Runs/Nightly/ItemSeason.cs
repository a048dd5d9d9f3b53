using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;

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
        int[] before = Customers(log, catalog.Items, then - Math.Min(then, length), then), after = Customers(log, catalog.Items, then, then + length);
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

    /// <summary>Says so where the log is too short.</summary>
    public static void Tell(StageWork work)
    {
        var log = IngestArtifacts.ReadPurchases(Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Purchases))!);
        if (Reaches(log)) return;
        work.Context.Progress.Note(FormattableString.Invariant(
            $"Materialize:Season:Enabled is true and changes nothing yet: the log is of less than {364 + MinDays} days, a year and a week"));
    }

    /// <summary>Candidates of a ranking, in the season that comes.</summary>
    public Func<CandidateBlock, CandidateBlock> After(Func<CandidateBlock, CandidateBlock> ranking) => candidates => Apply(ranking(candidates));

    /// <summary>The same candidates in the order of their relevance in the season that comes, on its own scale.</summary>
    public CandidateBlock Apply(CandidateBlock candidates)
    {
        var users = candidates.Users.Length;
        var changed = new CandidateBlock(candidates.Users, candidates.Depth)
        {
            Own = candidates.Own,
            IsLast = candidates.IsLast,
            Asked = candidates.Asked,
            Scales = new (float High, float Low)[users],
        };
        candidates.Counts.CopyTo(changed.Counts, 0);
        candidates.Items.CopyTo(changed.Items, 0);
        candidates.Scores.CopyTo(changed.Scores, 0);
        candidates.Sources.CopyTo(changed.Sources, 0);
        for (int u = 0; u < users; u++)
        {
            int count = candidates.Own?[u] ?? candidates.Counts[u], first = u * candidates.Depth;
            changed.Scales[u] = candidates.Scales?[u] ?? (float.NaN, float.NaN);
            if (count == 0) continue;
            float low = candidates.Scales?[u].Low ?? candidates.Scores[first + count - 1], high = float.NegativeInfinity;
            for (int at = first; at < first + count; at++)
            {
                changed.Scores[at] = low + (candidates.Scores[at] - low) * Factor(candidates.Items[at]);
                high = Math.Max(high, changed.Scores[at]);
            }
            changed.Scales[u] = (high, low);
            int[] order = [.. Enumerable.Range(first, count).OrderByDescending(at => changed.Scores[at]).ThenBy(at => candidates.Items[at])];
            float[] scores = Array.ConvertAll(order, at => changed.Scores[at]);
            scores.CopyTo(changed.Scores, first);
            for (int k = 0; k < count; k++)
            {
                changed.Items[first + k] = candidates.Items[order[k]];
                changed.Sources[first + k] = candidates.Sources[order[k]];
            }
        }
        return changed;
    }

    private static bool Reaches(PurchaseLog log) => log.HasTime && log.Count > 0 && log.Seconds.Min() + (long)Year + MinDays * Day <= log.Last;

    /// <summary>By item: customers from <paramref name="from"/> until before <paramref name="to"/>, each once.</summary>
    private static int[] Customers(PurchaseLog log, int items, uint from, uint to)
    {
        var (customers, last) = (new int[items], new int[items]);
        for (int user = 0; user < log.Users; user++)
        {
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
            {
                int item = log.Items[at];
                if (log.Seconds[at] < from || log.Seconds[at] >= to || last[item] == user + 1) continue;
                last[item] = user + 1;
                customers[item]++;
            }
        }
        return customers;
    }
}
