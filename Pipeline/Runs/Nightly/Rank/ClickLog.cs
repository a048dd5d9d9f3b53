using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Clicks;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>What users were shown in the window and clicked, and what it takes to conclude how they look at it.</summary>
/// <param name="MinClicks">Fewer effective clicks on items that moved conclude nothing (<see cref="FeedbackOptions.MinClicks"/>).</param>
internal sealed record ClickLog(WindowImpressions Impressions, double MinClicks)
{
    /// <summary>What stands for how places are looked at, where clicks are not asked; null: they are.</summary>
    public ExaminationCurve? Stated { get; init; }

    /// <summary>How likely places are looked at, by clicks on items that moved.</summary>
    /// <param name="of">Those of <paramref name="shown"/> that count.</param>
    /// <param name="until">In seconds since 1970: clicks from then on are not known.</param>
    public ExaminationFit Examination(WindowImpression[] shown, int[] of, uint until)
    {
        if (Stated is not null) return new ExaminationFit(Stated, new(Stated.Decay, Stated.Decay, Stated.Decay), [], 0, 0, 0, null);
        var (users, lists, clusters, items) = (new List<int>(), new Dictionary<int, int>(), new Dictionary<int, int>(), new ShownItem[of.Length]);
        for (int k = 0; k < of.Length; k++)
        {
            var impression = shown[of[k]];
            clusters.TryAdd(impression.User, clusters.Count);
            if (lists.TryAdd(impression.List, lists.Count)) users.Add(clusters[impression.User]);
            items[k] = new ShownItem(lists[impression.List], impression.Item, impression.Rank, 0, 0, impression.Clicked < until, IsBought: false);
        }
        int count = users.Count;
        var logged = new LoggedImpressions
        {
            Contexts = 1,
            Arms = 1,
            Users = [.. users],
            Clusters = clusters.Count,
            Context = new byte[count],
            Arm = new byte[count],
            Propensity = [.. Enumerable.Repeat(1.0, count)],
            InForce = new bool[count],
            Reward = new double[count],
            Weight = [.. Enumerable.Repeat(1.0, count)],
        };
        return new ExaminationEstimator(new ShownItems(logged, items), MinClicks).Fit();
    }
}
