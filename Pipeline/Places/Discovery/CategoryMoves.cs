using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.CartComplements;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Discovery;

/// <summary>
/// Which categories customers of some categories come to besides: pairs that more customers have than chance gives, by Fisher's exact test over customers of
/// as many categories, with false discoveries held, as orders and items are tested for complements. Memory: 4 bytes a customer and category.
/// </summary>
internal sealed class CategoryMoves
{
    private readonly ComplementLists _pairs;
    private readonly double[] _shares;
    private readonly double _popularityWeight;

    private CategoryMoves(string[] names, int[] categoryOf, int[] entries, TestedPairs tested, double[] shares, double popularityWeight)
    {
        (Names, Of, Entries, _shares, _popularityWeight) = (names, categoryOf, entries, shares, popularityWeight);
        Found = tested.Pairs.Count;
        _pairs = ComplementLists.Of(tested, names.Length, (_, other) => entries[other] >= 0);
    }

    /// <summary>Categories, in the order in which items have them.</summary>
    public string[] Names { get; }

    /// <summary>The category of each item, -1 where it has none.</summary>
    public int[] Of { get; }

    /// <summary>The item with which most customers begin in a category, of those for sale; -1 where none is.</summary>
    public int[] Entries { get; }

    /// <summary>Pairs of categories beyond chance.</summary>
    public int Found { get; }

    public static CategoryMoves From(PlaceInputs inputs, DiscoveryOptions options, StageContext context)
    {
        var (names, categoryOf) = Categories(inputs.Catalog, options.Levels);
        var log = inputs.Purchases;
        var begun = new Dictionary<int, int>[names.Length];
        for (int c = 0; c < names.Length; c++) begun[c] = [];
        var (pointers, visited) = (new int[log.Users + 1], new List<int>());
        var first = new Dictionary<int, uint>();
        var counted = new HashSet<int>();
        for (int user = 0; user < log.Users; user++)
        {
            first.Clear();
            counted.Clear();
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
            {
                int category = categoryOf[log.Items[at]];
                if (category < 0) continue;
                // Rows come by time: what else was bought in the same moment is a beginning too.
                if (first.TryAdd(category, log.Seconds[at])) visited.Add(category);
                if (first[category] == log.Seconds[at] && inputs.Catalog.Available[log.Items[at]] && counted.Add(log.Items[at]))
                    begun[category][log.Items[at]] = begun[category].GetValueOrDefault(log.Items[at]) + 1;
            }
            pointers[user + 1] = visited.Count;
        }
        var customers = new int[names.Length];
        foreach (int category in visited) customers[category]++;
        int[] entries =
        [
            .. begun.Select(b => b.Where(i => i.Value >= inputs.MinCustomers).OrderByDescending(i => i.Value).ThenBy(i => i.Key)
                .Select(i => i.Key).DefaultIfEmpty(-1).First()),
        ];
        // A customer stands for an order, and a category for an item.
        var visits = Orders.Of(
            new PurchaseLog(pointers, [.. visited], new uint[visited.Count], [.. visited.Select(_ => 1u)], HasTime: false), names.Length, 0)!;
        var tested = new PairTests(
            new CartComplementsOptions
            {
                MinOrders = options.MinCustomers,
                MinCustomers = options.MinCustomers,
                FalseDiscoveryRate = options.FalseDiscoveryRate,
                MaxOrderItems = 100_000,
            },
            inputs.MinCustomers).Run(visits, context);
        double all = Math.Max(1, Enumerable.Range(0, log.Users).Count(u => pointers[u + 1] > pointers[u]));
        return new CategoryMoves(names, categoryOf, entries, tested, [.. customers.Select(c => c / all)], options.PopularityWeight);
    }

    /// <summary>Categories that the customer has not bought from, best first.</summary>
    /// <param name="items">What they bought.</param>
    /// <param name="work">Zeros, one a category; left as they were.</param>
    public List<(int Category, double Score)> For(ReadOnlySpan<int> items, double[] work, int count)
    {
        var own = new SortedSet<int>();
        foreach (int item in items)
            if (Of[item] >= 0) own.Add(Of[item]);
        if (own.Count == 0) return [];
        foreach (int category in own)
            foreach (var other in _pairs[category]) work[other.Item] += other.Score;
        List<(int Category, double Score)> found =
        [
            .. Enumerable.Range(0, Names.Length).Where(c => Entries[c] >= 0 && !own.Contains(c))
                .Select(c => (Category: c, Score: work[c] / own.Count + _popularityWeight * _shares[c]))
                .Where(c => c.Score > 0).OrderByDescending(c => c.Score).ThenBy(c => c.Category).Take(count),
        ];
        work.AsSpan().Clear();
        return found;
    }

    private static (string[] Names, int[] Of) Categories(Catalog catalog, int levels)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var of = new int[catalog.Items];
        for (int item = 0; item < of.Length; item++)
        {
            of[item] = -1;
            if (catalog.Categories[item] is not { Length: > 0 } path) continue;
            int end = -1;
            for (int level = 0; level < levels && end < path.Length; level++)
                end = path.IndexOf('/', end + 1) is >= 0 and var next ? next : path.Length;
            string name = path[..end];
            if (!numbers.TryGetValue(name, out of[item])) numbers[name] = of[item] = numbers.Count;
        }
        return ([.. numbers.OrderBy(n => n.Value).Select(n => n.Key)], of);
    }
}
