using System.Globalization;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>
/// A shop whose truth is known: each user has one favourite cluster of items, popularity and activity follow power laws, and the n-th event is a
/// function of the parameters and n alone. A recommender that works puts unseen items of <see cref="ClusterOfUser"/> first.
/// </summary>
internal sealed class SyntheticShop
{
    private const ulong EventStream = 0, UserStream = 1, ItemStream = 2, ShuffleStream = 3;
    private const long Day = 86_400_000_000;

    private static readonly string[] Colours = ["red", "blue", "green", "white", "black", "rose", "ivory", "grey"];
    private static readonly string[] Stuffs = ["ceramic", "wooden", "glass", "cotton", "metal", "paper", "wool", "leather"];
    private static readonly string[] Things =
    [
        "mug", "lamp", "bag", "clock", "candle", "box", "frame", "cushion", "bowl", "tray", "card", "mirror", "scarf", "tin", "hook", "plate",
    ];

    private readonly SyntheticParameters _parameters;
    private readonly AliasTable _users;
    private readonly AliasTable _items;
    private readonly AliasTable[] _clusterItems;
    private readonly int[][] _members;
    private readonly int[] _clusterOfItem;
    private readonly long _start;

    public SyntheticShop(SyntheticParameters parameters)
    {
        _parameters = parameters;
        int clusters = parameters.ClusterCount;
        _start = (parameters.FirstDay.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * Day;
        _users = new AliasTable(PowerLaw(parameters.Users, parameters.ActivityExponent, Math.Max(1, parameters.Users / 100.0), parameters.Seed, 0));
        var popularity = PowerLaw(parameters.Items, parameters.PopularityExponent, 3, parameters.Seed, 1);
        _items = new AliasTable(popularity);
        _clusterOfItem = new int[parameters.Items];
        // Each cluster has an item at least; the others fall where they may.
        for (int i = 0; i < parameters.Items; i++)
            _clusterOfItem[i] = i < clusters ? i : new CounterRandom(parameters.Seed, ItemStream, (ulong)i).Below(clusters);
        _members = [.. Enumerable.Range(0, clusters).Select(_ => Array.Empty<int>())];
        foreach (var group in Enumerable.Range(0, parameters.Items).GroupBy(i => _clusterOfItem[i])) _members[group.Key] = [.. group];
        _clusterItems = [.. _members.Select(m => new AliasTable([.. m.Select(i => popularity[i])]))];
    }

    public int Clusters => _members.Length;

    public int ClusterOfUser(long user) => new CounterRandom(_parameters.Seed, UserStream, (ulong)user).Below(_members.Length);

    public int ClusterOfItem(int item) => _clusterOfItem[item];

    /// <summary>In the shop's currency; each cluster has its level.</summary>
    public double Price(int item)
    {
        var random = new CounterRandom(_parameters.Seed, ItemStream, (ulong)item + (1UL << 40));
        double level = 2 + _clusterOfItem[item] * 37 % 50;
        return Math.Round(level * (0.5 + random.Uniform()), 2);
    }

    public string Category(int item) => string.Create(CultureInfo.InvariantCulture, $"Department {_clusterOfItem[item] / 8} > Shelf {_clusterOfItem[item]}");

    public string Brand(int item) => string.Create(
        CultureInfo.InvariantCulture, $"Brand {_clusterOfItem[item]}-{new CounterRandom(_parameters.Seed, ItemStream, (ulong)item + (2UL << 40)).Below(5)}");

    /// <summary>Words follow the cluster, so text says something about taste too.</summary>
    public string Title(int item)
    {
        int cluster = _clusterOfItem[item];
        var random = new CounterRandom(_parameters.Seed, ItemStream, (ulong)item + (3UL << 40));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Colours[random.Below(Colours.Length)]} {Stuffs[cluster * 5 % Stuffs.Length]} {Things[cluster % Things.Length]} no {item}");
    }

    /// <summary>Row <paramref name="n"/> of the log, dirty ones included; times ascend with n.</summary>
    public SyntheticEvent Event(long n)
    {
        var random = new CounterRandom(_parameters.Seed, EventStream, (ulong)n);
        double kind = random.Uniform();
        return kind >= _parameters.DirtyShare ? Clean(n, ref random) : Dirty(n, (int)(kind / _parameters.DirtyShare * 10), ref random);
    }

    private SyntheticEvent Clean(long n, ref CounterRandom random)
    {
        int user = _users.Draw(ref random);
        int item;
        if (random.Uniform() < _parameters.Affinity)
        {
            int cluster = ClusterOfUser(user);
            item = _members[cluster][_clusterItems[cluster].Draw(ref random)];
        }
        else
        {
            item = _items.Draw(ref random);
        }
        double stage = random.Uniform();
        var type = stage < 0.08 ? SyntheticEventType.Purchase : stage < 0.2 ? SyntheticEventType.Cart : SyntheticEventType.View;
        int quantity = type == SyntheticEventType.Purchase && random.Uniform() < 0.25 ? 2 + random.Below(4) : 1;
        return new(user, item, type, Time(n), quantity, Price(item));
    }

    // Tenths of the dirty share: 3 duplicates, 2 bots, 2 without user, 1 return, 1 without item, 1 impossible.
    private SyntheticEvent Dirty(long n, int tenth, ref CounterRandom random)
    {
        if (tenth < 3 && n > 0) return CleanAt(n - 1);
        var row = Clean(n, ref random);
        return tenth switch
        {
            < 5 => row with
            {
                User = _parameters.Users + random.Below(_parameters.Bots),
                Item = random.Below(_parameters.Items),
                Type = SyntheticEventType.View,
                Quantity = 1,
            },
            < 7 => row with { User = -1 },
            < 8 => Return(n, row),
            < 9 => row with { Item = -1 },
            _ => row with { Price = -row.Price, Quantity = 0 },
        };
    }

    private SyntheticEvent Return(long n, SyntheticEvent row)
    {
        for (long back = n - 1; back >= Math.Max(0, n - 64); back--)
            if (CleanAt(back) is { Type: SyntheticEventType.Purchase } bought) return bought with { Type = SyntheticEventType.Return, Time = row.Time };
        return row;
    }

    private SyntheticEvent CleanAt(long n)
    {
        var random = new CounterRandom(_parameters.Seed, EventStream, (ulong)n);
        random.Next();
        return Clean(n, ref random);
    }

    private long Time(long n) => _start + (long)((UInt128)(ulong)n * (ulong)_parameters.Days * Day / (ulong)_parameters.Events);

    // Ranks are dealt out at random, so that an id says nothing of its weight.
    private static double[] PowerLaw(int count, double exponent, double offset, ulong seed, ulong deck)
    {
        var weights = new double[count];
        for (int rank = 0; rank < count; rank++) weights[rank] = Math.Pow(rank + offset, -exponent);
        for (int i = count - 1; i > 0; i--)
        {
            int other = new CounterRandom(seed, ShuffleStream + deck, (ulong)i).Below(i + 1);
            (weights[i], weights[other]) = (weights[other], weights[i]);
        }
        return weights;
    }
}
