using Recsys.Batch.Pipeline.Places;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>Cosines of items by who has them (customers or orders), as item_neighbors counts them: what complements are measured against.</summary>
internal static class OrderNeighbors
{
    /// <param name="byCustomer">By customers, else by orders.</param>
    /// <param name="count">Neighbors an item.</param>
    public static (int Item, double Score)[][] Of(Orders orders, bool byCustomer, int count)
    {
        var baskets = new Dictionary<int, HashSet<int>>();
        for (int o = 0; o < orders.Count; o++)
        {
            int owner = byCustomer ? orders.Users[o] : o;
            if (!baskets.TryGetValue(owner, out var basket)) baskets[owner] = basket = [];
            foreach (int item in orders[o]) basket.Add(item);
        }
        int[][] rows = [.. baskets.OrderBy(b => b.Key).Select(b => b.Value.Order().ToArray())];
        var holders = new List<int>[orders.ItemCount];
        for (int r = 0; r < rows.Length; r++)
            foreach (int item in rows[r]) (holders[item] ??= []).Add(r);
        var lists = new (int, double)[orders.ItemCount][];
        Parallel.For(0, orders.ItemCount, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, item =>
        {
            if (holders[item] is null)
            {
                lists[item] = [];
                return;
            }
            var counts = new Dictionary<int, int>();
            foreach (int row in holders[item])
                foreach (int other in rows[row])
                    if (other != item) counts[other] = counts.GetValueOrDefault(other) + 1;
            lists[item] =
            [
                .. counts.Select(c => (Item: c.Key, Score: c.Value / Math.Sqrt((double)holders[item].Count * holders[c.Key].Count)))
                    .OrderByDescending(c => c.Score).ThenBy(c => c.Item).Take(count),
            ];
        });
        return lists;
    }
}
