using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>How many users have an item in their history.</summary>
internal sealed class ItemPopularity
{
    private readonly int[] _users;

    public ItemPopularity(InteractionMatrix history)
    {
        _users = new int[history.Items];
        foreach (int item in history.ByUser.Indices.AsSpan(0, history.Count)) _users[item]++;
        for (int user = 0; user < history.Users; user++)
            if (history.ByUser.RowLength(user) > 0) ActiveUsers++;
    }

    /// <summary>Users with any history.</summary>
    public int ActiveUsers { get; }

    public bool IsCold(int item) => _users[item] == 0;

    /// <summary>Share of active users who have the item, 0 to 1.</summary>
    public double Share(int item) => ActiveUsers == 0 ? 0 : (double)_users[item] / ActiveUsers;

    /// <summary>
    /// Self-information in bits, -log2 of the share of users who have the item (Vargas and Castells 2011), with one added to both counts so that an item that
    /// nobody has is finite.
    /// </summary>
    public double SelfInformation(int item) => -Math.Log2((_users[item] + 1.0) / (ActiveUsers + 1.0));
}
