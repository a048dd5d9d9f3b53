using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>What a version's lists say of the pairs of user and item that its rows name.</summary>
/// <param name="Ranks">By pair; 0: not on the list.</param>
/// <param name="Relevances">By pair.</param>
/// <param name="Users">Who has a list.</param>
/// <param name="Listed">By item: lists that it stands on.</param>
/// <param name="Lists">Lists of the version.</param>
internal sealed record ListedPlaces(int[] Ranks, float[] Relevances, HashSet<int> Users, int[] Listed, int Lists)
{
    public static readonly ListedPlaces None = new([], [], [], [], 0);

    /// <param name="pairs">User and item of each, ascending.</param>
    public static ListedPlaces Read(
        IParquetReader reader, IReadOnlyList<string> files, FeedbackRows rows, ulong[] pairs, CancellationToken cancellation)
    {
        var (ranks, relevances, users, listed, lists) = (
            new int[pairs.Length], new float[pairs.Length], new HashSet<int>(), new int[rows.ItemIds.Count], 0);
        foreach (var batch in files.SelectMany(file => reader.Read(file, ["user_id", "item_id", "rank", "relevance"], cancellation)))
        {
            var (userIds, itemIds, rank, relevance) = (
                batch.Column<Utf8Column>("user_id"), batch.Column<Utf8Column>("item_id"), batch.Column<ValueColumn<int>>("rank"),
                batch.Column<ValueColumn<double>>("relevance"));
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (rank.Values[row] == 1) lists++;
                int user = rows.UserIds.Find(userIds[row]), item = rows.ItemIds.Find(itemIds[row]);
                if (item >= 0) listed[item]++;
                if (user < 0) continue;
                users.Add(user);
                int at = item < 0 ? -1 : Array.BinarySearch(pairs, (ulong)(uint)user << 32 | (uint)item);
                if (at >= 0) (ranks[at], relevances[at]) = (rank.Values[row], (float)relevance.Values[row]);
            }
        }
        return new ListedPlaces(ranks, relevances, users, listed, lists);
    }

    /// <param name="list">Number of the user's list.</param>
    public ShownItem Shown(int list, int item, int pair) =>
        new(list, item, Ranks[pair], Relevances[pair], Listed[item] / (float)Math.Max(1, Lists), IsClicked: false, IsBought: false);
}
