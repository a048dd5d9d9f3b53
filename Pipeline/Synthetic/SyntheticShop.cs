using System.Globalization;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>
/// A shop whose truth is known: each user has one favourite cluster of items, popularity and activity follow power laws, and the n-th event is a
/// function of the parameters and n alone. A recommender that works puts unseen items of <see cref="ClusterOfUser"/> first.
/// </summary>
internal sealed class SyntheticShop
{
    private const ulong EventStream = 0, UserStream = 1, ItemStream = 2;
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
        _users = new AliasTable(PowerLaw.Of(parameters.Users, parameters.ActivityExponent, Math.Max(1, parameters.Users / 100.0), parameters.Seed, 0));
        var popularity = PowerLaw.Of(parameters.Items, parameters.PopularityExponent, 3, parameters.Seed, 1);
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

    /// <summary>A user, by activity.</summary>
    public int DrawUser(ref CounterRandom random) => _users.Draw(ref random);

    /// <summary>An item that a user wants: of the favourite cluster, or of what is popular.</summary>
    public int DrawItem(int user, ref CounterRandom random)
    {
        if (random.Uniform() >= _parameters.Affinity) return _items.Draw(ref random);
        int cluster = ClusterOfUser(user);
        return _members[cluster][_clusterItems[cluster].Draw(ref random)];
    }

    /// <summary>What goes into a basket with an item: the item of the same place in the next cluster; the item itself where there is no other.</summary>
    public int Complement(int item)
    {
        int cluster = _clusterOfItem[item];
        int[] next = _members[(cluster + 1) % _members.Length];
        int at = Array.BinarySearch(_members[cluster], item);
        return next[(_members.Length > 1 ? at : at + 1) % next.Length];
    }

    /// <summary>What is used up and bought again: one item in ten.</summary>
    public static bool IsConsumable(int item) => item % 10 == 3;

    /// <summary>In the shop's currency; each cluster has its level.</summary>
    public double Price(int item)
    {
        var random = new CounterRandom(_parameters.Seed, ItemStream, (ulong)item + (1UL << 40));
        double level = 2 + _clusterOfItem[item] * 37 % 50;
        return Math.Round(level * (0.5 + random.Uniform()), 2);
    }

    /// <summary>One item in eight is on sale.</summary>
    public double ListPrice(int item) => Chance(item, 6) < 0.125 ? Math.Round(Price(item) * 1.3, 2) : Price(item);

    public int Stock(int item) => 20 + (int)(500 * Chance(item, 7));

    /// <summary>One item in twenty came within the log's days, the others half a year before.</summary>
    public long Added(int item) => _start + (Chance(item, 8) is var c && c < 0.05 ? (long)(c * 20 * _parameters.Days) : -180 + (long)(c * 90)) * Day;

    public bool IsRecalled(int item) => Chance(item, 9) < 0.01;

    /// <summary>The countries that an item is sent to; null is all of them.</summary>
    public string? ShipsTo(int item) => Chance(item, 10) < 0.05 ? "DE, FR" : null;

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

    /// <summary>Uniform in [0, 1), by item and what it is about.</summary>
    public double Chance(int item, ulong about) => new CounterRandom(_parameters.Seed, ItemStream, (ulong)item + (about << 40)).Uniform();

    /// <summary>Microseconds since 1970-01-01T00:00Z of the first day's beginning.</summary>
    public long Start => _start;

    /// <summary>Row <paramref name="n"/> of the log, dirty ones included; times ascend with n.</summary>
    public SyntheticEvent Event(long n)
    {
        var random = new CounterRandom(_parameters.Seed, EventStream, (ulong)n);
        double kind = random.Uniform();
        return kind >= _parameters.DirtyShare ? Clean(n, ref random) : Dirty(n, (int)(kind / _parameters.DirtyShare * 10), ref random);
    }

    private SyntheticEvent Clean(long n, ref CounterRandom random)
    {
        int user = DrawUser(ref random);
        int item = DrawItem(user, ref random);
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
}
