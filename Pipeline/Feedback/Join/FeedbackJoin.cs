using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>Lists that were seen, and how well they follow the probabilities with which they were drawn.</summary>
/// <param name="Shown">What was shown of them, item by item.</param>
/// <param name="ListsByVersion">Lists seen of each version, by name.</param>
/// <param name="DrawP">P-value of <see cref="DrawCheck"/>.</param>
internal sealed record JoinedImpressions(LoggedImpressions Lists, ShownItems Shown, IReadOnlyDictionary<string, int> ListsByVersion, double DrawP);

/// <summary>Rows of the logs to lists that were seen, version by version; accounts that are no customers are set aside over all of them.</summary>
internal sealed class FeedbackJoin(
    IParquetReader reader, IReadOnlyList<PublishedVersion> versions, DiversityPolicy? inForce, FeedbackOptions options, StageContext context)
{
    public JoinedImpressions Run(FeedbackRows rows)
    {
        var byVersion = Enumerable.Range(0, rows.Count).Where(r => rows.Statuses[r] == FeedbackStatus.Joined).ToLookup(r => rows.Versions[r]);
        var seen = new List<(ImpressionList List, PublishedVersion From)>();
        var shown = new List<ShownItem>();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var known = versions.ToDictionary(v => v.Version, StringComparer.Ordinal);
        var joins = new List<VersionJoin>();
        int done = 0;
        for (int v = 0; v < rows.VersionIds.Count; v++)
        {
            int[] of = [.. byVersion[v]];
            var version = known.GetValueOrDefault(Encoding.UTF8.GetString(rows.VersionIds[v]));
            var status = version is null ? FeedbackStatus.UnknownVersion
                : version.Policy is null || inForce is null ? FeedbackStatus.NotDrawn
                : !version.Policy.Arms.SequenceEqual(inForce.Arms) || !version.Policy.HistoryBounds.SequenceEqual(inForce.HistoryBounds)
                    ? FeedbackStatus.OtherArms
                : FeedbackStatus.Joined;
            if (status != FeedbackStatus.Joined)
            {
                foreach (int row in of) rows.Statuses[row] = status;
            }
            else
            {
                joins.Add(new VersionJoin(reader, rows, version!, of, (long)(options.MaxClockSkew * 1e6), context.Cancellation));
                joins[^1].Judge();
            }
            context.Progress.Step("join", done += of.Length, rows.Count, "row");
        }
        new ClickBots(rows, options.Bots).SetAside([.. joins.Select(j => j.Rows)]);
        foreach (var join in joins)
        {
            var lists = join.Lists();
            counts[join.Version.Version] = lists.Count;
            shown.AddRange(join.Shown.Select(s => s with { List = s.List + seen.Count }));
            seen.AddRange(lists.Select(l => (l, join.Version)));
        }
        var all = Lists(seen);
        return new JoinedImpressions(all, new ShownItems(all, [.. shown]), counts, Draws(seen));
    }

    private LoggedImpressions Lists(List<(ImpressionList List, PublishedVersion From)> seen)
    {
        string? current = inForce?.Id();
        var ofCurrent = versions.Where(v => v.Policy is not null && v.Policy.Id() == current).ToHashSet();
        var clusters = new Dictionary<int, int>();
        foreach (var (list, _) in seen) clusters.TryAdd(list.User, clusters.Count);
        int[] users = [.. seen.Select(s => clusters[s.List.User])];
        return new LoggedImpressions
        {
            Contexts = inForce?.Contexts ?? 1,
            Arms = inForce?.Arms.Count ?? 1,
            Users = users,
            Clusters = clusters.Count,
            Context = [.. seen.Select(s => (byte)s.List.Context)],
            Arm = [.. seen.Select(s => (byte)s.List.Arm)],
            Propensity = [.. seen.Select(s => s.From.Policy!.Probability(s.List.Context, s.List.Arm))],
            InForce = [.. seen.Select(s => ofCurrent.Contains(s.From))],
            Weight = LoggedImpressions.WeightsOf(users, clusters.Count, options.MaxListsPerUser),
            Reward = [.. seen.Select(s => options.Reward == ListReward.AnyClick ? Math.Min(1, s.List.Clicks) : (double)s.List.Clicks)],
        };
    }

    /// <summary>A user who saw lists of several versions of one policy drew once.</summary>
    private double Draws(List<(ImpressionList List, PublishedVersion From)> seen)
    {
        var (counts, probabilities) = (new List<int[][]>(), new List<double[][]>());
        var ids = versions.Where(v => v.Policy is not null).ToDictionary(v => v, v => v.Policy!.Id());
        foreach (var group in seen.GroupBy(s => ids[s.From], StringComparer.Ordinal))
        {
            var policy = group.First().From.Policy!;
            var drawn = Enumerable.Range(0, policy.Contexts).Select(_ => new int[policy.Arms.Count]).ToArray();
            foreach (var (list, _) in group.DistinctBy(s => s.List.User)) drawn[list.Context][list.Arm]++;
            counts.Add(drawn);
            probabilities.Add(TargetPolicy.Of("", policy).Probabilities!);
        }
        return DrawCheck.PValue(counts, probabilities);
    }
}
