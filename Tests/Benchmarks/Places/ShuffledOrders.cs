using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// Orders whose items are dealt anew: every order keeps its size and every item its number of orders, and nothing else is left of what was bought together. By
/// swaps of two items between two orders (Gionis, Mannila, Mielikainen and Tsaparas 2007, "Assessing data mining results via swap randomization").
/// </summary>
internal static class ShuffledOrders
{
    private const int SwapsAnItem = 10;

    public static Orders Of(Orders orders, ulong seed)
    {
        int lines = orders.Pointers[^1];
        var items = new int[lines];
        var orderOf = new int[lines];
        var holds = new HashSet<long>();
        for (int o = 0; o < orders.Count; o++)
        {
            for (int k = 0; k < orders.Size(o); k++)
            {
                int at = orders.Pointers[o] + k;
                (items[at], orderOf[at]) = (orders[o][k], o);
                holds.Add(Key(o, items[at]));
            }
        }
        var random = new SplitMix64(seed, "swaps");
        for (long swap = 0; swap < (long)lines * SwapsAnItem; swap++)
        {
            int a = random.NextInt(lines), b = random.NextInt(lines);
            if (items[a] == items[b] || orderOf[a] == orderOf[b]) continue;
            if (holds.Contains(Key(orderOf[a], items[b])) || holds.Contains(Key(orderOf[b], items[a]))) continue;
            holds.Remove(Key(orderOf[a], items[a]));
            holds.Remove(Key(orderOf[b], items[b]));
            (items[a], items[b]) = (items[b], items[a]);
            holds.Add(Key(orderOf[a], items[a]));
            holds.Add(Key(orderOf[b], items[b]));
        }
        for (int o = 0; o < orders.Count; o++) items.AsSpan(orders.Pointers[o], orders.Size(o)).Sort();
        return orders.With(items);

        static long Key(int order, int item) => ((long)order << 32) | (uint)item;
    }
}
