using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>Users and items in clusters; every user has some items of its own cluster. The right recommendations are known.</summary>
internal static class PlantedClusters
{
    public const int Clusters = 3;

    public static int ClusterOfItem(int item) => item % Clusters;

    public static int ClusterOfUser(int user) => user % Clusters;

    public static InteractionMatrix Make(ulong seed = 7, int usersEach = 30, int itemsEach = 16)
    {
        var random = new SplitMix64(seed, "clusters");
        List<int> users = [], items = [];
        List<float> values = [];
        for (int user = 0; user < Clusters * usersEach; user++)
        {
            for (int k = 0; k < 8; k++)
            {
                users.Add(user);
                items.Add(ClusterOfUser(user) + Clusters * random.NextInt(itemsEach));
                values.Add(1);
            }
        }
        return Timed(SparseRows.FromTriplets(Clusters * usersEach, Clusters * itemsEach, users.ToArray(), items.ToArray(), values.ToArray()));
    }

    /// <summary>The pairs with times: some items of a user came together, in no order of index.</summary>
    public static InteractionMatrix Timed(SparseRows rows)
    {
        var seen = new uint[rows.Count];
        for (int user = 0; user < rows.Rows; user++)
            for (int k = rows.Pointers[user]; k < rows.Pointers[user + 1]; k++)
                seen[k] = 1_000 + (uint)(rows.Indices[k] * 7 % 11);
        return new InteractionMatrix(rows, seen);
    }

    public static InteractionMatrix Matrix(int users, int items, params (int User, int Item)[] pairs) =>
        Timed(SparseRows.FromTriplets(
            users, items, Array.ConvertAll(pairs, p => p.User), Array.ConvertAll(pairs, p => p.Item), Array.ConvertAll(pairs, _ => 1f)));
}
