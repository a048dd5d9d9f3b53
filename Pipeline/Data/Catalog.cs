namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Item-aligned columns; entry i speaks of item index i. Absent text is null, an absent number NaN.
/// </summary>
internal sealed class Catalog
{
    public required string?[] Titles { get; init; }

    /// <summary>Category path from general to special, <c>/</c> between levels.</summary>
    public required string?[] Categories { get; init; }

    public required string?[] Brands { get; init; }

    /// <summary>What else is said of an item, such as its description; null where no such column is configured.</summary>
    public string?[]? Texts { get; init; }

    /// <summary>Unit price in the shop's currency.</summary>
    public required double[] Prices { get; init; }

    /// <summary>
    /// What the shop keeps of one piece, in its currency, where lists are made by it; 0 or less is a loss. Null where they are not. Not kept with the catalog.
    /// </summary>
    public double[]? Margins { get; private init; }

    /// <summary>Whether the item may be recommended: a product, in stock, not ruled out.</summary>
    public required bool[] Available { get; init; }

    /// <summary>
    /// Equal for one product under two codes: hash of title and brand (first 8 bytes of SHA-256) without regard to case and blanks, of
    /// the description and brand where there is no title; 0 where there is neither.
    /// </summary>
    public required ulong[] TextHashes { get; init; }

    /// <summary>Hash of the product whose variant the item is (its colours, its sizes); 0 where it is none; null without such a column.</summary>
    public ulong[]? Parents { get; init; }

    /// <summary>
    /// The same by what titles say, where no column does: hash of the title without its colour, size and number; 0 where nothing else is called so.
    /// </summary>
    public ulong[]? Variants { get; init; }

    /// <summary>
    /// Since when the item is for sale, in seconds since 1970: what the item table says, else its first event; 0 where neither is known. Null in a log without
    /// time.
    /// </summary>
    public uint[]? Added { get; init; }

    public int Items => Titles.Length;

    /// <summary>The same with margins; of items beyond their number none is known.</summary>
    public Catalog WithMargins(double[] margins) => new()
    {
        Titles = Titles,
        Categories = Categories,
        Brands = Brands,
        Texts = Texts,
        Prices = Prices,
        Available = Available,
        TextHashes = TextHashes,
        Parents = Parents,
        Variants = Variants,
        Added = Added,
        Margins = [.. Enumerable.Range(0, Items).Select(i => i < margins.Length ? margins[i] : double.NaN)],
    };

    /// <summary>The catalog in another order of items.</summary>
    /// <param name="items">New to old index; an item that this catalog does not know is unknown in the new one too.</param>
    public Catalog Of(int[] items)
    {
        return new Catalog
        {
            Titles = Picked(Titles, null),
            Categories = Picked(Categories, null),
            Brands = Picked(Brands, null),
            Texts = Texts is null ? null : Picked(Texts, null),
            Prices = Picked(Prices, double.NaN),
            Available = Picked(Available, false),
            TextHashes = Picked(TextHashes, 0ul),
            Parents = Parents is null ? null : Picked(Parents, 0ul),
            Variants = Variants is null ? null : Picked(Variants, 0ul),
            Added = Added is null ? null : Picked(Added, 0u),
            Margins = Margins is null ? null : Picked(Margins, double.NaN),
        };

        T[] Picked<T>(T[] from, T absent) => Array.ConvertAll(items, i => i < from.Length ? from[i] : absent);
    }
}
