using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// Who gets a new list: users of whom events came or went since the base, and users whose list breaks a rule by now (an item that may not be recommended any
/// more, or that they have). Everybody else keeps theirs.
/// </summary>
/// <param name="Listed">Users with a list in the new version, in ordinal order of their ids.</param>
/// <param name="Anew">By user index: whether the list is made, not kept.</param>
/// <param name="New">Users whose first events came.</param>
/// <param name="Changed">Users with another history than the base knew.</param>
/// <param name="RuledOut">Users with the same history whose list breaks a rule, or who had none.</param>
/// <param name="Restocked">Users whose list was made while an item was off the shelf that is back by now.</param>
/// <param name="Waiting">Users whose history holds only items younger than the model: they have no list of their own until it is trained.</param>
/// <param name="Gone">Users with a list in the base and no history any more, or only such a one.</param>
internal sealed record ChangedUsers(int[] Listed, bool[] Anew, int New, int Changed, int RuledOut, int Restocked, int Waiting, int Gone)
{
    public int[] Made => [.. Listed.Where(u => Anew[u])];

    public int Kept => Listed.Length - Listed.Count(u => Anew[u]);

    /// <param name="keptOff">Items that the shop's rules keep from a user; null: there are no rules.</param>
    /// <param name="madeWithout">By user index: the list was made when an item that is on the shelf now was off it; such an item gets its places back.</param>
    public static (ChangedUsers Changed, BaseLists Kept) Of(
        InteractionMatrix interactions, int[] order, (ulong[] Before, ulong[] Now) marks, IReadOnlyList<string> blocks, CatalogModel model, bool[] available,
        SparseRows? excluded, bool[] madeWithout, StageContext context, Func<int, ItemSet?>? keptOff = null)
    {
        var rows = interactions.ByUser;
        var broken = new bool[rows.Rows];
        var kept = BaseLists.Open(
            blocks, rows.Rows,
            (user, items) => broken[user] = Breaks(items, excluded is null ? [] : excluded.RowIndices(user), keptOff?.Invoke(user)), context);

        var again = new bool[rows.Rows];
        var listed = new List<int>(order.Length);
        int fresh = 0, changed = 0, ruledOut = 0, restocked = 0, waiting = 0;
        foreach (int user in order)
        {
            ulong before = user < marks.Before.Length ? marks.Before[user] : 0;
            bool other = before != marks.Now[user];
            if (model.KnownIn(rows.RowIndices(user)) == 0)
            {
                waiting++;
                continue;
            }
            again[user] = other || broken[user] || !kept.Has(user) || madeWithout[user];
            listed.Add(user);
            if (!again[user]) continue;
            if (!other && (broken[user] || !kept.Has(user))) ruledOut++;
            else if (!other) restocked++;
            else if (before == 0) fresh++;
            else changed++;
        }
        var users = listed.ToArray();
        var has = new bool[rows.Rows];
        foreach (int user in users) has[user] = true;
        int gone = Enumerable.Range(0, rows.Rows).Count(u => kept.Has(u) && !has[u]);
        return (new ChangedUsers(users, again, fresh, changed, ruledOut, restocked, waiting, gone), kept);

        bool Breaks(ReadOnlySpan<int> list, ReadOnlySpan<int> never, ItemSet? rules)
        {
            foreach (int item in list)
                if (!available[item] || never.BinarySearch(item) >= 0 || rules?.Contains(item) == true) return true;
            return false;
        }
    }
}
