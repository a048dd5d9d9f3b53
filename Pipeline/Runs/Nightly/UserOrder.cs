using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Who gets a list of their own, and in which order.</summary>
internal static class UserOrder
{
    /// <summary>Users with at least one interaction, in ordinal order of their ids: the order of the output tables' keys, so that publishing appends.</summary>
    public static int[] WithHistory(InteractionMatrix interactions, IdMap ids)
    {
        var users = new List<int>(interactions.Users);
        for (int user = 0; user < interactions.Users; user++)
            if (interactions.ByUser.RowLength(user) > 0) users.Add(user);
        var order = users.ToArray();
        Array.Sort(order, (x, y) => ids[x].SequenceCompareTo(ids[y]));
        return order;
    }
}
