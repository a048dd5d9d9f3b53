namespace Recsys.Batch.Pipeline.Places.CartComplements;

/// <summary>
/// Orders of like size: each small size on its own, larger ones with those up to a quarter larger. Orders of one item hold no pair and belong to none, nor do
/// those beyond a limit.
/// </summary>
internal sealed class OrderStrata
{
    private const double Width = 1.25;

    public OrderStrata(Orders orders, int maxItems)
    {
        int largest = 0;
        for (int o = 0; o < orders.Count; o++)
            if (orders.Size(o) <= maxItems) largest = Math.Max(largest, orders.Size(o));
        var ofSize = new int[largest + 1];
        Array.Fill(ofSize, -1);
        int count = 0;
        for (int size = 2; size <= largest; count++)
            for (int end = Math.Max(size + 1, (int)(size * Width)); size < end && size <= largest; size++) ofSize[size] = count;
        Of = new int[orders.Count];
        Sizes = new int[count];
        for (int o = 0; o < orders.Count; o++)
        {
            Of[o] = orders.Size(o) <= largest ? ofSize[orders.Size(o)] : -1;
            if (Of[o] >= 0) Sizes[Of[o]]++;
        }
    }

    public int Count => Sizes.Length;

    /// <summary>By order; -1 for one that does not count.</summary>
    public int[] Of { get; }

    /// <summary>Orders, by stratum.</summary>
    public int[] Sizes { get; }
}
