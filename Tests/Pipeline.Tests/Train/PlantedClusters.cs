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
        return new InteractionMatrix(SparseRows.FromTriplets(Clusters * usersEach, Clusters * itemsEach, users.ToArray(), items.ToArray(), values.ToArray()));
    }

    public static InteractionMatrix Matrix(int users, int items, params (int User, int Item)[] pairs) =>
        new(SparseRows.FromTriplets(
            users, items, Array.ConvertAll(pairs, p => p.User), Array.ConvertAll(pairs, p => p.Item), Array.ConvertAll(pairs, _ => 1f)));
}
