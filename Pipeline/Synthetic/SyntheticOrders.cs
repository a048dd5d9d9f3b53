namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>What one customer bought at once.</summary>
internal readonly record struct SyntheticOrder(long Id, int User, long Time, IReadOnlyList<int> Items);

/// <summary>What one customer typed into the search box.</summary>
internal readonly record struct SyntheticSearch(int User, string Query, long Time);

/// <summary>
/// Orders, searches and ratings of a <see cref="SyntheticShop"/>'s customers, with known truth: every second item of a basket brings its
/// <see cref="SyntheticShop.Complement"/>, customers refill what is used up at their own pace, before every second basket stands a search for its first item,
/// one in ten of them with a slip. Each is a function of the parameters and its number alone.
/// </summary>
internal sealed class SyntheticOrders(SyntheticShop shop, SyntheticParameters parameters)
{
    private const ulong BasketStream = 4, RefillStream = 5, SearchStream = 6, RatingStream = 7;
    private const long Day = 86_400_000_000, Minute = 60_000_000;
    private const double ComplementShare = 0.5, SearchShare = 0.5, SlipShare = 0.1;

    /// <summary>A customer refills so often within the log.</summary>
    private const double RefillsEach = 4;

    public long Baskets { get; } = Math.Max(1, parameters.Events / 20);

    /// <summary>Customers and items that are refilled.</summary>
    public long Refills { get; } = parameters.Events / 100;

    public long Ratings { get; } = parameters.Events / 50;

    /// <summary>Orders of one day: the baskets by time, then the refills.</summary>
    public IEnumerable<SyntheticOrder> Of(int day)
    {
        for (long n = First(Baskets, day); n < First(Baskets, day + 1); n++) yield return Basket(n);
        for (long s = 0; s < Refills; s++)
            foreach (var order in Refill(s, day)) yield return order;
    }

    /// <summary>Searches before a day's baskets.</summary>
    public IEnumerable<SyntheticSearch> SearchesOf(int day)
    {
        for (long n = First(Baskets, day); n < First(Baskets, day + 1); n++)
        {
            var random = new CounterRandom(parameters.Seed, SearchStream, (ulong)n);
            if (random.Uniform() >= SearchShare) continue;
            var basket = Basket(n);
            // Titles are colour, stuff, thing and a number.
            string[] words = shop.Title(basket.Items[0]).Split(' ');
            string query = random.Below(4) switch { 0 => words[2], 1 => $"{words[0]} {words[2]}", _ => $"{words[1]} {words[2]}" };
            if (random.Uniform() < SlipShare) query = Slip(query, ref random);
            yield return new(basket.User, query, basket.Time - (1 + random.Below(30)) * Minute);
        }
    }

    /// <summary>One of <see cref="Ratings"/>: one to five stars, more for what lies in the user's favourite cluster and for what is good.</summary>
    public (int User, int Item, int Stars, long Time) Rating(long n)
    {
        var random = new CounterRandom(parameters.Seed, RatingStream, (ulong)n);
        int user = shop.DrawUser(ref random), item = shop.DrawItem(user, ref random);
        double likes = 2 + 1.5 * shop.Chance(item, 4) + (shop.ClusterOfItem(item) == shop.ClusterOfUser(user) ? 1 : 0) + random.Uniform();
        return (user, item, Math.Clamp((int)likes, 1, 5), Time(n, Ratings));
    }

    public SyntheticOrder Basket(long n)
    {
        var random = new CounterRandom(parameters.Seed, BasketStream, (ulong)n);
        int user = shop.DrawUser(ref random);
        var items = new List<int>();
        for (int wanted = 1 + random.Below(3); wanted > 0; wanted--)
        {
            int item = shop.DrawItem(user, ref random);
            if (!items.Contains(item)) items.Add(item);
            int complement = shop.Complement(item);
            if (random.Uniform() < ComplementShare && !items.Contains(complement)) items.Add(complement);
        }
        return new(n + 1, user, Time(n, Baskets), items);
    }

    private IEnumerable<SyntheticOrder> Refill(long number, int day)
    {
        var random = new CounterRandom(parameters.Seed, RefillStream, (ulong)number);
        int user = shop.DrawUser(ref random), item = shop.DrawItem(user, ref random);
        for (int tries = 0; tries < 64 && !SyntheticShop.IsConsumable(item); tries++) item = shop.DrawItem(user, ref random);
        // Items last differently long, and customers start anywhere.
        double gap = parameters.Days / RefillsEach * (0.75 + 0.5 * shop.Chance(item, 5));
        double at = random.Uniform() * gap;
        for (int k = 0; at < day + 1 && at < parameters.Days; k++)
        {
            if (at >= day) yield return new(Baskets + 1 + (number << 8) + k, user, shop.Start + (long)(at * Day), [item]);
            at += gap * (0.85 + 0.3 * random.Uniform());
        }
    }

    /// <summary>Two letters of the last word changed about, or one left out.</summary>
    private static string Slip(string query, ref CounterRandom random)
    {
        int word = query.LastIndexOf(' ') + 1;
        int at = word + random.Below(Math.Max(1, query.Length - word - 1));
        return random.Below(2) == 0 || at + 1 >= query.Length ? query.Remove(at, 1) : query[..at] + query[at + 1] + query[at] + query[(at + 2)..];
    }

    private long First(long count, int day) => (long)(((UInt128)(ulong)day * (ulong)count + (ulong)parameters.Days - 1) / (ulong)parameters.Days);

    private long Time(long n, long count) => shop.Start + (long)((UInt128)(ulong)n * (ulong)parameters.Days * Day / (ulong)count);
}
