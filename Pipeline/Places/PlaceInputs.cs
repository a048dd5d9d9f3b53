using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.Reviews;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>What places are made from.</summary>
/// <param name="Orders">What was bought together; null where the log has neither an order's id nor a time.</param>
/// <param name="Text">Items by what is said of them; null where nothing was embedded.</param>
internal sealed record PlaceInputs(PurchaseLog Purchases, Orders? Orders, IdMap Users, IdMap Items, Catalog Catalog, EmbeddingTable? Text)
{
    /// <summary>Customers who must stand behind what strangers see of others (<c>Privacy:MinCustomers</c>).</summary>
    public int MinCustomers { get; init; } = 1;

    /// <summary>Whether what strangers see must have noise (<c>Privacy:Epsilon</c>): places that count others without any are left out.</summary>
    public bool NeedsNoise { get; init; }

    /// <summary>A segment a user, null where a user has none; null where no user table is configured.</summary>
    public string?[]? Segments { get; init; }

    /// <summary>Further columns of the user table; null where none is mapped.</summary>
    public AttributeTable? UserAttributes { get; init; }

    /// <summary>Further columns of the item table; null where none is mapped.</summary>
    public AttributeTable? ItemAttributes { get; init; }

    /// <summary>Searches of customers whom the purchases know; null where there is no log of them.</summary>
    public QueryLog? Queries { get; init; }

    /// <summary>What reviews say of items; null where there is no table of them.</summary>
    public ItemReviews? Reviews { get; init; }

    /// <summary>What promotions of tonight's rules and campaigns are about; no name twice.</summary>
    public IReadOnlyList<(string Name, ItemSet Items)> Promotions { get; init; } = [];

    /// <summary>
    /// Weight of an item in a customer's interest for each later purchase time of theirs, above 0, at most 1 (<c>Train:Text:HistoryDecay</c>).
    /// </summary>
    public double HistoryDecay { get; init; } = 1;

    /// <summary>Texts to vectors by the encoder that the items' are of; null where there is none.</summary>
    public Func<IReadOnlyList<string>, EmbeddingTable?> Encode { get; init; } = _ => null;

    /// <summary>
    /// Candidates to lists of so many entries, by the diversifier that the night's own lists have; true where a list is of one shelf by what was asked for, so
    /// that no shelf is too much of it. Its user stands for a list and for nobody.
    /// </summary>
    public Func<CandidateBlock, int, bool, RecommendationBlock> Diversify { get; init; } =
        (_, _, _) => throw new InvalidOperationException("nobody diversifies lists");

    /// <summary>Item indices in ordinal order of their ids: the order of a table whose key is the item.</summary>
    public int[] ItemOrder() => OrderOf(Items);

    public int[] UserOrder() => OrderOf(Users);

    /// <summary>Whether one item stands for the other, so that it is no complement: one text, or variants of one product.</summary>
    public bool AreTwins(int a, int b) =>
        Catalog.TextHashes[a] != 0 && Catalog.TextHashes[a] == Catalog.TextHashes[b]
        || Catalog.Parents is { } parents && parents[a] != 0 && parents[a] == parents[b];

    /// <summary>Cosine of two items by text; 0 where it knows nothing of one of them.</summary>
    public double Likeness(int a, int b) => Text is null ? 0 : Cosine(Text.Vectors.Row(a), Text.Vectors.Row(b));

    /// <summary>Of unit vectors, in double: thresholds are the same whatever a processor's registers are.</summary>
    public static double Cosine(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        double sum = 0;
        for (int k = 0; k < x.Length; k++) sum += (double)x[k] * y[k];
        return sum;
    }

    private static int[] OrderOf(IdMap ids)
    {
        int[] order = [.. Enumerable.Range(0, ids.Count)];
        Array.Sort(order, (a, b) => ids[a].SequenceCompareTo(ids[b]));
        return order;
    }
}
