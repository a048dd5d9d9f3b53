using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>
/// Purchases as orders (<see cref="OrderNumbers"/>), by user and time. An item counts once an order. Memory: 4 bytes a purchase and 12 an order, and as much
/// again by item.
/// </summary>
internal sealed class Orders
{
    private SparseIndex? _byItem;

    private Orders(int[] pointers, int[] items, int[] users, uint[] seconds, int itemCount)
    {
        (Pointers, _items, Users, Seconds, ItemCount) = (pointers, items, users, seconds, itemCount);
    }

    private readonly int[] _items;

    public int Count => Users.Length;

    public int ItemCount { get; }

    public int[] Pointers { get; }

    /// <summary>Who ordered, by order; ascending.</summary>
    public int[] Users { get; }

    /// <summary>When the order began.</summary>
    public uint[] Seconds { get; }

    /// <summary>Items of an order, ascending.</summary>
    public ReadOnlySpan<int> this[int order] => _items.AsSpan(Pointers[order], Pointers[order + 1] - Pointers[order]);

    public int Size(int order) => Pointers[order + 1] - Pointers[order];

    /// <summary>Orders that hold an item, ascending: so those of one user stand together.</summary>
    public ReadOnlySpan<int> With(int item)
    {
        _byItem ??= SparseIndex.Of(this);
        return _byItem.Row(item);
    }

    /// <param name="items">Items of the catalog.</param>
    /// <param name="minutes">What may lie between two rows of an order that has no id.</param>
    /// <returns>Null where the log has neither an order's id nor a time.</returns>
    public static Orders? Of(PurchaseLog log, int items, double minutes)
    {
        if (log.Orders is null && !log.HasTime) return null;
        int[] numbers = OrderNumbers.Of(log, minutes);
        var (pointers, all, users, seconds) = (new List<int> { 0 }, new List<int>(log.Count), new List<int>(), new List<uint>());
        var rows = new List<(uint Begins, uint Id, int Order, int Item)>();
        var begins = new Dictionary<int, uint>();
        for (int user = 0; user < log.Users; user++)
        {
            rows.Clear();
            begins.Clear();
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
            {
                // A row of no known order is one of its own, which holds nothing together.
                if (numbers[at] < 0) continue;
                // Rows come by time, so the first of an order is its beginning.
                begins.TryAdd(numbers[at], log.Seconds[at]);
                rows.Add((begins[numbers[at]], log.Orders?[at] ?? 0, numbers[at], log.Items[at]));
            }
            rows.Sort();
            for (int k = 0; k < rows.Count; k++)
            {
                if (k == 0 || rows[k].Order != rows[k - 1].Order)
                {
                    if (k > 0) pointers.Add(all.Count);
                    users.Add(user);
                    seconds.Add(rows[k].Begins);
                }
                else if (rows[k].Item == rows[k - 1].Item) continue;
                all.Add(rows[k].Item);
            }
            if (rows.Count > 0) pointers.Add(all.Count);
        }
        return new Orders([.. pointers], [.. all], [.. users], [.. seconds], items);
    }

    /// <summary>Orders of other items: sizes and owners stay.</summary>
    /// <param name="items">Laid out as <see cref="Pointers"/> has it, ascending and without repeats within an order.</param>
    internal Orders With(int[] items) => new(Pointers, items, Users, Seconds, ItemCount);

    private sealed record SparseIndex(int[] Pointers, int[] Orders)
    {
        public ReadOnlySpan<int> Row(int item) => Orders.AsSpan(Pointers[item], Pointers[item + 1] - Pointers[item]);

        public static SparseIndex Of(Orders orders)
        {
            var pointers = new int[orders.ItemCount + 1];
            foreach (int item in orders._items) pointers[item + 1]++;
            for (int i = 0; i < orders.ItemCount; i++) pointers[i + 1] += pointers[i];
            var next = pointers.AsSpan(0, orders.ItemCount).ToArray();
            var rows = new int[orders._items.Length];
            for (int order = 0; order < orders.Count; order++)
                foreach (int item in orders[order]) rows[next[item]++] = order;
            return new SparseIndex(pointers, rows);
        }
    }
}
