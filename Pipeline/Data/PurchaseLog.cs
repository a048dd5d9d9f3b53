namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Purchases that count, one a row of the log: those of user u are <c>[Pointers[u], Pointers[u + 1])</c>, by second, order and item. Where pairs of a user
/// and an item say that something was bought, this says when and with what, each time. Memory: 12 bytes a purchase, 4 more where prices
/// are known, and 4 where pieces are.
/// </summary>
/// <param name="Seconds">Since 1970; zeros in a log without time.</param>
/// <param name="Orders">Hash of the order's id, 0 where the row has none; null where no log has such a column.</param>
/// <param name="HasTime">Whether the log says when.</param>
internal sealed record PurchaseLog(int[] Pointers, int[] Items, uint[] Seconds, uint[]? Orders, bool HasTime)
{
    private const string Name = "purchases";

    public int Users => Pointers.Length - 1;

    public int Count => Items.Length;

    /// <summary>How many people rated each item, and the sum of what they gave; null where nobody rates.</summary>
    public ItemRatings? Ratings { get; init; }

    /// <summary>What a piece cost, NaN where the row does not say; null where no log has such a column.</summary>
    public float[]? Prices { get; init; }

    /// <summary>Pieces of each; null where no log counts them: one.</summary>
    public float[]? Pieces { get; init; }

    /// <summary>The last purchase's second; 0 where there is none.</summary>
    public uint Last { get; } = Seconds.Length == 0 ? 0 : Seconds.Max();

    /// <summary>By item: how many customers bought it from one second on and before another, each counted once.</summary>
    public int[] CustomersByItem(int items, uint from = 0, uint before = uint.MaxValue)
    {
        var (customers, last) = (new int[items], new int[items]);
        for (int user = 0; user < Users; user++)
        {
            for (int at = Pointers[user]; at < Pointers[user + 1]; at++)
            {
                int item = Items[at];
                if (Seconds[at] < from || Seconds[at] >= before || last[item] == user + 1) continue;
                last[item] = user + 1;
                customers[item]++;
            }
        }
        return customers;
    }

    /// <summary>The purchases before <paramref name="end"/>; ratings, which have no time here, go.</summary>
    public PurchaseLog Before(uint end) => Where(second => second < end);

    /// <summary>The purchases from <paramref name="start"/> on.</summary>
    public PurchaseLog From(uint start) => Where(second => second >= start);

    public void Write(ArtifactWriter to)
    {
        to.Write(Name + ".pointers", Pointers).Write(Name + ".items", Items).Write(Name + ".seconds", Seconds).Write(Name + ".time", [HasTime ? 1 : 0]);
        if (Orders is not null) to.Write(Name + ".orders", Orders);
        if (Prices is not null) to.Write(Name + ".prices", Prices);
        if (Pieces is not null) to.Write(Name + ".pieces", Pieces);
        if (Ratings is { } ratings) to.Write(Name + ".ratings.counts", ratings.Counts).Write(Name + ".ratings.sums", ratings.Sums);
    }

    public static PurchaseLog Read(ArtifactReader from) => new(
        from.Read<int>(Name + ".pointers"), from.Read<int>(Name + ".items"), from.Read<uint>(Name + ".seconds"),
        from.Has(Name + ".orders") ? from.Read<uint>(Name + ".orders") : null, from.Read<int>(Name + ".time")[0] != 0)
    {
        Prices = from.Has(Name + ".prices") ? from.Read<float>(Name + ".prices") : null,
        Pieces = from.Has(Name + ".pieces") ? from.Read<float>(Name + ".pieces") : null,
        Ratings = from.Has(Name + ".ratings.counts")
            ? new ItemRatings(from.Read<int>(Name + ".ratings.counts"), from.Read<double>(Name + ".ratings.sums"))
            : null,
    };

    private PurchaseLog Where(Func<uint, bool> wanted)
    {
        var pointers = new int[Pointers.Length];
        var kept = new List<int>();
        for (int user = 0; user < Users; user++)
        {
            for (int at = Pointers[user]; at < Pointers[user + 1]; at++)
                if (wanted(Seconds[at])) kept.Add(at);
            pointers[user + 1] = kept.Count;
        }
        return new PurchaseLog(
            pointers, [.. kept.Select(at => Items[at])], [.. kept.Select(at => Seconds[at])], Orders is null ? null : [.. kept.Select(at => Orders[at])],
            HasTime)
        {
            Prices = Prices is null ? null : [.. kept.Select(at => Prices[at])],
            Pieces = Pieces is null ? null : [.. kept.Select(at => Pieces[at])],
        };
    }
}

/// <summary>By item index.</summary>
/// <param name="Counts">Ratings that count.</param>
/// <param name="Sums">What they add up to.</param>
internal sealed record ItemRatings(int[] Counts, double[] Sums);
