using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Tests.Train;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly.Auto;

/// <summary>Small shops of known kinds, each with the window on which a race measures.</summary>
internal static class RaceShops
{
    private const uint Year2020 = 1_577_836_800;
    private const uint Day = 86_400;

    /// <summary>Users who buy within their own cluster, over 100 days.</summary>
    public static HoldOut Tastes(ulong seed = 3) => Window((random, user, _) => PlantedClusters.ClusterOfUser(user) + 3 * random.NextInt(40), seed);

    /// <summary>Everybody draws from the same falling popularity.</summary>
    public static HoldOut NoTastes() => Window((random, _, _) => (int)(120 * Math.Pow(random.NextDouble(), 3)));

    /// <summary>Everybody buys what came in that week.</summary>
    public static HoldOut Fashion() => Window((random, _, day) => Math.Min(119, day + random.NextInt(20)));

    /// <summary>
    /// Half of the users buy of one cluster. The others buy of two until the window, and in it of the one of which they sent nothing back; or they sent back
    /// whatever came.
    /// </summary>
    public static HoldOut SentBack(bool tells)
    {
        var window = Window((random, user, day) =>
            (user + (user % 2 == 0 && day < 90 ? random.NextInt(2) : 0)) % 3 + 3 * random.NextInt(40));
        var random = new Draw(new SplitMix64(5, "returns"));
        var had = window.Train.ByUser;
        var pairs = Enumerable.Range(0, had.Rows)
            .Where(user => user % 2 == 0)
            .SelectMany(user => Enumerable.Range(0, 8).Select(_ => (User: user, Item: (tells ? (user + 1) % 3 : random.NextInt(3)) + 3 * random.NextInt(40))))
            .Distinct().Where(p => had.RowIndices(p.User).BinarySearch(p.Item) < 0 && window.Test.RowIndices(p.User).BinarySearch(p.Item) < 0).ToArray();
        var disliked = SparseRows.FromTriplets(
            had.Rows, had.Columns, [.. pairs.Select(p => p.User)], [.. pairs.Select(p => p.Item)], [.. pairs.Select(_ => 1f)]);
        return window with { Train = window.Train.With(had, window.Train.LastSeen, disliked) };
    }

    /// <summary>
    /// Users with two or three purchases, in six countries: each draws from its country's own falling popularity, or all from one. Nobody has a taste beside.
    /// </summary>
    public static HoldOut OfSegments(bool tells)
    {
        const int users = 900, items = 120, countries = 6;
        var random = new Draw(new SplitMix64(7, "segments"));
        var last = new SortedDictionary<(int User, int Item), uint>();
        var table = new AttributeTable(["country"], users);
        for (int user = 0; user < users; user++)
        {
            int country = random.NextInt(countries);
            table["country"][user] = $"country {country}";
            for (int k = 0; k < 3; k++)
            {
                int liked = (int)(items * Math.Pow(random.NextDouble(), 3));
                last[(user, tells ? (liked + country * items / countries) % items : liked)] = Year2020 + (uint)random.NextInt(100) * Day;
            }
        }
        var rows = SparseRows.FromTriplets(
            users, items, [.. last.Keys.Select(p => p.User)], [.. last.Keys.Select(p => p.Item)], [.. last.Keys.Select(_ => 1f)]);
        return RaceWindow.Of(new InteractionMatrix(rows, [.. last.Values]).WithUsers(table), 1).Window;
    }

    private static HoldOut Window(Func<Draw, int, int, int> buys, ulong seed = 3)
    {
        const int users = 240, items = 120;
        var random = new Draw(new SplitMix64(seed, "auto"));
        var last = new SortedDictionary<(int User, int Item), uint>();
        for (int user = 0; user < users; user++)
        {
            for (int k = 0; k < 14; k++)
            {
                int day = random.NextInt(100);
                last[(user, buys(random, user, day))] = Year2020 + (uint)day * Day;
            }
        }
        var rows = SparseRows.FromTriplets(
            users, items, [.. last.Keys.Select(p => p.User)], [.. last.Keys.Select(p => p.Item)], [.. last.Keys.Select(_ => 1f)]);
        return RaceWindow.Of(new InteractionMatrix(rows, [.. last.Values]), 1).Window;
    }

    private sealed class Draw(SplitMix64 random)
    {
        private SplitMix64 _random = random;

        public int NextInt(int below) => _random.NextInt(below);

        public double NextDouble() => _random.NextDouble();
    }
}
