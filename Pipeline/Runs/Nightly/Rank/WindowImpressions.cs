using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>An item of a list that a user was shown, however often.</summary>
/// <param name="User">As the log of events numbers users; so does <paramref name="Item"/> items.</param>
/// <param name="List">Number of the list: a user's of one version.</param>
/// <param name="Rank">Where it stood when it was first shown, from 1.</param>
/// <param name="Shown">When that was, in seconds since 1970.</param>
/// <param name="Clicked">When it was clicked first; <see cref="uint.MaxValue"/>: never.</param>
internal readonly record struct WindowImpression(int User, int List, int Item, int Rank, uint Shown, uint Clicked);

/// <summary>
/// Impressions of the feedback logs within a window, and whether they were clicked: rows that name place and time, by the logs alone. The published lists are
/// not asked, since few of them are kept as long as a window reaches back.
/// </summary>
/// <param name="All">By version, user and item.</param>
/// <param name="LeftOut">Rows that say nothing here, by the reason, and impressions outside the window.</param>
internal sealed record WindowImpressions(IReadOnlyList<WindowImpression> All, SortedDictionary<string, long> LeftOut)
{
    private const string OutsideWindow = "outside_window", NoPlace = "no_place", NoTime = "no_time", UnknownUser = "unknown_user", UnknownItem = "unknown_item";

    /// <param name="rows">As they were read; their statuses are set here.</param>
    /// <param name="from">The window's first second, in seconds since 1970.</param>
    /// <param name="to">The first second after it.</param>
    public static WindowImpressions Of(FeedbackRows rows, IdMap users, IdMap items, uint from, uint to, FeedbackOptions options)
    {
        var left = new SortedDictionary<string, long>(StringComparer.Ordinal);
        int[][] lists = Lists(rows, from, to, left);
        foreach (int[] of in lists) Judge(rows, of, (long)(options.MaxClockSkew * 1e6));
        new ClickBots(rows, options.Bots).SetAside(lists);
        for (int status = 1; status < FeedbackStatuses.Count; status++)
        {
            long count = rows.Statuses.AsSpan(0, rows.Count).Count((FeedbackStatus)status);
            if (count > 0) left[((FeedbackStatus)status).Name()] = count;
        }
        var all = new List<WindowImpression>();
        int list = -1;
        foreach (int[] of in lists)
        {
            int user = -1, last = -1;
            for (int i = 0, next; i < of.Length; i = next)
            {
                for (next = i; next < of.Length && IsSamePair(rows, of[i], of[next]);) next++;
                var pair = of.AsSpan(i, next - i);
                if (Entry(rows, pair) is not { } entry) continue;
                if (rows.Users[of[i]] != last)
                {
                    last = rows.Users[of[i]];
                    user = users.Find(rows.UserIds[last]);
                    list++;
                }
                int item = items.Find(rows.ItemIds[rows.Items[of[i]]]);
                if (user < 0) Count(left, UnknownUser);
                else if (item < 0) Count(left, UnknownItem);
                else all.Add(entry with { User = user, Item = item, List = list });
            }
        }
        return new WindowImpressions(all, left);
    }

    /// <summary>Rows of the window that say when and where, by version, each ordered by user, item, kind and time.</summary>
    private static int[][] Lists(FeedbackRows rows, uint from, uint to, SortedDictionary<string, long> left)
    {
        var byVersion = new List<int>?[rows.VersionIds.Count];
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows.Statuses[row] != FeedbackStatus.Joined || rows.Kinds[row] == FeedbackKind.Purchase) continue;
            long second = ClickTimes.Second(rows.Times[row]);
            string? why = rows.Scales[row] != ClickTimes.Absolute ? NoTime
                : second < from || second >= to ? OutsideWindow
                : rows.Kinds[row] == FeedbackKind.Impression && rows.Ranks[row] <= 0 ? NoPlace
                : null;
            if (why is null) (byVersion[rows.Versions[row]] ??= []).Add(row);
            else Count(left, why);
        }
        return [.. byVersion.OfType<List<int>>().Select(of =>
        {
            int[] sorted = [.. of];
            Array.Sort(sorted, Compare);
            return sorted;
        })];

        int Compare(int a, int b)
        {
            int order = rows.Users[a].CompareTo(rows.Users[b]);
            if (order == 0) order = rows.Items[a].CompareTo(rows.Items[b]);
            if (order == 0) order = rows.Kinds[a].CompareTo(rows.Kinds[b]);
            if (order == 0) order = rows.Times[a].CompareTo(rows.Times[b]);
            return order != 0 ? order : a.CompareTo(b);
        }
    }

    /// <summary>What was logged twice, and clicks on what was not shown before.</summary>
    private static void Judge(FeedbackRows rows, int[] of, long clockSkew)
    {
        long shown = long.MaxValue;
        for (int i = 0; i < of.Length; i++)
        {
            int row = of[i], before = i == 0 ? -1 : of[i - 1];
            bool isSame = before >= 0 && IsSamePair(rows, before, row);
            if (!isSame) shown = long.MaxValue;
            rows.Statuses[row] =
                isSame && rows.Kinds[before] == rows.Kinds[row] && rows.Times[before] == rows.Times[row] ? FeedbackStatus.Duplicate
                : rows.Kinds[row] == FeedbackKind.Impression ? FeedbackStatus.Joined
                : shown == long.MaxValue ? FeedbackStatus.ClickWithoutImpression
                : rows.Times[row] < shown - clockSkew ? FeedbackStatus.ClickBeforeImpression
                : FeedbackStatus.Joined;
            if (rows.Kinds[row] == FeedbackKind.Impression) shown = Math.Min(shown, rows.Times[row]);
        }
    }

    private static bool IsSamePair(FeedbackRows rows, int a, int b) => rows.Users[a] == rows.Users[b] && rows.Items[a] == rows.Items[b];

    /// <param name="pair">Rows of one item of one list, impressions first.</param>
    private static WindowImpression? Entry(FeedbackRows rows, ReadOnlySpan<int> pair)
    {
        if (rows.Statuses[pair[0]] != FeedbackStatus.Joined) return null;
        uint clicked = uint.MaxValue;
        foreach (int row in pair)
        {
            if (rows.Statuses[row] != FeedbackStatus.Joined || rows.Kinds[row] != FeedbackKind.Click) continue;
            clicked = (uint)ClickTimes.Second(rows.Times[row]);
            break;
        }
        return new WindowImpression(0, 0, 0, rows.Ranks[pair[0]], (uint)ClickTimes.Second(rows.Times[pair[0]]), clicked);
    }

    private static void Count(SortedDictionary<string, long> counts, string why) => counts[why] = counts.GetValueOrDefault(why) + 1;
}
