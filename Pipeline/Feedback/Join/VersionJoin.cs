using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>One list that a user saw.</summary>
/// <param name="Clicks">Distinct items of it that were clicked.</param>
internal readonly record struct ImpressionList(int User, int Context, int Arm, int Clicks);

/// <summary>Joins the rows of one version to its lists, which are read once, and makes each user's list that was seen an entry.</summary>
internal sealed class VersionJoin(IParquetReader reader, FeedbackRows rows, PublishedVersion version, CancellationToken cancellation)
{
    /// <summary>Sets the status of every row of the version.</summary>
    /// <param name="of">Indices of its rows; they are put in another order.</param>
    public IReadOnlyList<ImpressionList> Run(int[] of)
    {
        Array.Sort(of, Compare);
        var keys = new List<ulong>();
        foreach (int row in of)
            if (keys.Count == 0 || keys[^1] != Key(row)) keys.Add(Key(row));
        var pairs = keys.ToArray();
        var (ranks, users) = ReadRanks(pairs);
        Judge(of, pairs, ranks, users);
        return Lists(of, ReadDraws(users));
    }

    private ulong Key(int row) => (ulong)(uint)rows.Users[row] << 32 | (uint)rows.Items[row];

    private int Compare(int a, int b)
    {
        int order = Key(a).CompareTo(Key(b));
        if (order == 0) order = rows.Kinds[a].CompareTo(rows.Kinds[b]);
        if (order == 0) order = rows.Times[a].CompareTo(rows.Times[b]);
        return order != 0 ? order : a.CompareTo(b);
    }

    /// <summary>Published rank of every pair (0: not on the list), and who has a list.</summary>
    private (int[] Ranks, HashSet<int> Users) ReadRanks(ulong[] pairs)
    {
        var (ranks, users) = (new int[pairs.Length], new HashSet<int>());
        foreach (string file in version.ListFiles)
        {
            foreach (var batch in reader.Read(file, ["user_id", "item_id", "rank"], cancellation))
            {
                var (userIds, itemIds, rank) = (
                    batch.Column<Utf8Column>("user_id"), batch.Column<Utf8Column>("item_id"), batch.Column<ValueColumn<int>>("rank"));
                for (int row = 0; row < batch.RowCount; row++)
                {
                    int user = rows.UserIds.Find(userIds[row]);
                    if (user < 0) continue;
                    users.Add(user);
                    int item = rows.ItemIds.Find(itemIds[row]);
                    int at = item < 0 ? -1 : Array.BinarySearch(pairs, (ulong)(uint)user << 32 | (uint)item);
                    if (at >= 0) ranks[at] = rank.Values[row];
                }
            }
        }
        return (ranks, users);
    }

    private void Judge(int[] of, ulong[] pairs, int[] ranks, HashSet<int> users)
    {
        int pair = 0;
        bool shown = false;
        for (int i = 0; i < of.Length; i++)
        {
            int row = of[i];
            if (pairs[pair] != Key(row))
            {
                pair++;
                shown = false;
            }
            bool again = i > 0 && Key(of[i - 1]) == Key(row) && rows.Kinds[of[i - 1]] == rows.Kinds[row] && rows.Times[of[i - 1]] == rows.Times[row];
            // Impressions of a pair come before its clicks.
            rows.Statuses[row] =
                !users.Contains(rows.Users[row]) ? FeedbackStatus.UnknownUser
                : ranks[pair] == 0 ? FeedbackStatus.NotOnList
                : rows.Ranks[row] != 0 && rows.Ranks[row] != ranks[pair] ? FeedbackStatus.OtherRank
                : again ? FeedbackStatus.Duplicate
                : rows.Kinds[row] == FeedbackKind.Click && !shown ? FeedbackStatus.ClickWithoutImpression
                : FeedbackStatus.Joined;
            shown |= rows.Statuses[row] == FeedbackStatus.Joined;
        }
    }

    private Dictionary<int, (int Context, int Arm)> ReadDraws(HashSet<int> users)
    {
        var draws = new Dictionary<int, (int, int)>(users.Count);
        foreach (string file in version.ArmFiles)
        {
            foreach (var batch in reader.Read(file, ["user_id", "context", "arm"], cancellation))
            {
                var (userIds, contexts, arms) = (
                    batch.Column<Utf8Column>("user_id"), batch.Column<ValueColumn<int>>("context"), batch.Column<ValueColumn<int>>("arm"));
                for (int row = 0; row < batch.RowCount; row++)
                {
                    int user = rows.UserIds.Find(userIds[row]);
                    if (user < 0 || !users.Contains(user)) continue;
                    var (context, arm) = (contexts.Values[row], arms.Values[row]);
                    if (context < 0 || context >= version.Policy!.Contexts || version.Policy.ArmOf(userIds[row], context) != arm)
                    {
                        throw new ArtifactException(
                            file,
                            $"row {batch.FirstRow + row} says that a user drew arm {arm} in context {context}, which the version's policy did not; "
                            + $"its files are of different nights: roll back to another version and delete this one");
                    }
                    draws[user] = (context, arm);
                }
            }
        }
        return draws;
    }

    private List<ImpressionList> Lists(int[] of, Dictionary<int, (int Context, int Arm)> draws)
    {
        var lists = new List<ImpressionList>();
        int i = 0;
        while (i < of.Length)
        {
            int user = rows.Users[of[i]];
            bool seen = false;
            int clicks = 0;
            ulong clicked = ulong.MaxValue;
            for (; i < of.Length && rows.Users[of[i]] == user; i++)
            {
                if (rows.Statuses[of[i]] != FeedbackStatus.Joined) continue;
                seen = true;
                if (rows.Kinds[of[i]] != FeedbackKind.Click || Key(of[i]) == clicked) continue;
                clicked = Key(of[i]);
                clicks++;
            }
            if (!seen) continue;
            if (!draws.TryGetValue(user, out var draw))
            {
                throw new ArtifactException(
                    version.ListFiles[0],
                    "a user has a list and no row in list_arms; the version's files are of different nights: roll back to another version and delete this one");
            }
            lists.Add(new ImpressionList(user, draw.Context, draw.Arm, clicks));
        }
        return lists;
    }
}
