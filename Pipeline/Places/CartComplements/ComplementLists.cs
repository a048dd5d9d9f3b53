namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <param name="Lift">Orders with both over those that chance would give them.</param>
/// <param name="LogP">ln of the probability of so many or more by chance.</param>
internal readonly record struct Complement(int Item, double Score, int Support, double Lift, double LogP);

/// <summary>Pairs as lists: the complements of each item, best first.</summary>
internal sealed class ComplementLists
{
    private readonly Complement[][] _lists;

    private ComplementLists(Complement[][] lists) => _lists = lists;

    public IReadOnlyList<Complement> this[int item] => _lists[item];

    /// <param name="isComplement">Whether the second may stand beside the first: for sale, and no substitute.</param>
    /// <param name="score">Of orders with both, those that chance gives, and orders with the item and with the complement; null: the one that serves.</param>
    public static ComplementLists Of(
        TestedPairs tested, int count, Func<int, int, bool> isComplement, Func<OrderPair, int, int, double>? score = null)
    {
        score ??= (pair, orders, _) => ComplementScore.Of(pair.Support, pair.Expected, orders);
        var lists = new List<Complement>?[tested.Orders.Length];
        foreach (var pair in tested.Pairs)
        {
            Add(pair.First, pair.Second, pair);
            Add(pair.Second, pair.First, pair);
        }
        return new ComplementLists([.. lists.Select(l => l is null ? [] : Best(l, count))]);

        void Add(int item, int other, OrderPair pair)
        {
            if (!isComplement(item, other)) return;
            (lists[item] ??= []).Add(new Complement(
                other, score(pair, tested.Orders[item], tested.Orders[other]), pair.Support, pair.Support / (double)pair.Expected, pair.LogP));
        }
    }

    private static Complement[] Best(List<Complement> list, int count)
    {
        list.Sort((x, y) => x.Score == y.Score ? x.Item.CompareTo(y.Item) : y.Score.CompareTo(x.Score));
        return [.. list.Take(count)];
    }
}
