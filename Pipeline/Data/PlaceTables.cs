using static Recsys.Batch.Pipeline.Data.PlaceTable;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>The tables of all places. What makes the rows of each stands in Pipeline/Places under its name.</summary>
internal static class PlaceTables
{
    /// <summary>What goes into one order with an item beyond chance.</summary>
    public static readonly PlaceTable CartComplements = new(
        "cart_complements", 2, "complement_id",
        [Text("item_id"), Whole("rank"), Text("complement_id"), Number("score"), Whole("support"), Number("lift"), Number("p_value")]);

    /// <summary>What a customer is likely to buy once more, and when it is due (<c>yyyy-MM-dd</c>).</summary>
    public static readonly PlaceTable BuyItAgain = new(
        "buy_it_again", 2, "item_id", [Text(UserColumn), Whole("rank"), Text("item_id"), Text("due"), Number("score")]);

    /// <summary>What will sell of an item on each of the next days (<c>yyyy-MM-dd</c>), and between which numbers.</summary>
    public static readonly PlaceTable ItemForecast = new(
        "item_forecast", 2, "item_id",
        [Text("item_id"), Whole("rank"), Text("day"), Number("expected"), Number("low"), Number("high"), Text("method")])
    {
        Score = "expected",
    };

    /// <summary>What is popular, trending, new, well rated and on sale, for all customers and for those of a segment.</summary>
    public static readonly PlaceTable SegmentLists = new(
        "segment_lists", 3, "item_id", [Text("segment"), Text(KindColumn), Whole("rank"), Text("item_id"), Number("score")]);

    /// <summary>The same by category.</summary>
    public static readonly PlaceTable CategoryLists = new(
        "category_lists", 3, "item_id", [Text("category"), Text(KindColumn), Whole("rank"), Text("item_id"), Number("score")]);

    /// <summary>What to show for a query, in small letters with one blank between words.</summary>
    public static readonly PlaceTable QueryResults = new(
        "query_results", 2, "item_id", [Text("query"), Whole("rank"), Text("item_id"), Number("score")]);

    /// <summary>Categories that a customer has not bought from, with an item to begin with.</summary>
    public static readonly PlaceTable Discovery = new(
        "discovery", 2, "item_id", [Text(UserColumn), Whole("rank"), Text("item_id"), Number("score"), Text("category")]);

    /// <summary>Who is likely to buy of a promotion, and the item to show them.</summary>
    public static readonly PlaceTable PromotionAudience = new(
        "promotion_audience", 2, "item_id", [Text("promotion"), Whole("rank"), Text("item_id"), Number("score"), Text(UserColumn)]);

    /// <summary>What reviews say of an item, in one row (of rank 1): sentiment from 0 to 1, and the reviews that it comes from.</summary>
    public static readonly PlaceTable ItemReviews = new(
        "item_reviews", 2, "item_id",
        [
            Text("item_id"), Whole("rank"), Number("sentiment"), Whole("reviews"), Whole("rated"), Number("rating"), Whole("positive"), Whole("negative"),
            Whole("flagged"),
        ])
    {
        Score = "sentiment",
    };

    /// <summary>The column of a JSON array of numbers.</summary>
    public const string VectorColumn = "vector";

    /// <summary>
    /// A customer's interest in one row (of rank 1): a unit vector in the space of the items' texts as a JSON array, the items that it is the mean of, how much
    /// they have in common (0 to 1), and the item of theirs that is nearest to it.
    /// </summary>
    public static readonly PlaceTable UserVectors = new(
        "user_vectors", 2, "item_id",
        [Text(UserColumn), Whole("rank"), Text("item_id"), Number("score"), Whole("items"), Number("concentration"), Text(VectorColumn)])
    {
        IsShown = false,
    };

    /// <summary>What is nearest to a customer's interest by text, of what they have not bought.</summary>
    public static readonly PlaceTable UserInterests = new(
        "user_interests", 2, "item_id", [Text(UserColumn), Whole("rank"), Text("item_id"), Number("score")]);

    /// <summary>
    /// Every place's. A database numbers them by their order here, so a new one goes to the end, and columns of an old one stay as they are.
    /// </summary>
    public static readonly IReadOnlyList<PlaceTable> All =
    [
        CartComplements, BuyItAgain, ItemForecast, SegmentLists, CategoryLists, QueryResults, Discovery, PromotionAudience, ItemReviews, UserVectors,
        UserInterests,
    ];

    /// <summary>Columns of text that name no user.</summary>
    public static IEnumerable<string> TextColumns => All.SelectMany(t => t.Columns)
        .Where(c => c.Type == ColumnType.Utf8 && c.Name != UserColumn).Select(c => c.Name).Distinct(StringComparer.Ordinal);

    public static PlaceTable? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
