namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <param name="Author">-1: the row names none.</param>
/// <param name="Second">Since 1970; 0: not known.</param>
/// <param name="Rating">NaN: none.</param>
/// <param name="Text">Trimmed; null: none.</param>
internal readonly record struct Review(int Item, int Author, uint Second, float Rating, string? Text);

/// <summary>
/// Reviews of items that the night knows, by item, second, author, rating and text: the order says nothing of how they lay in files. Memory: 32 bytes a review,
/// and the texts.
/// </summary>
/// <param name="LeftOut">How many rows were not read as reviews, by reason.</param>
internal sealed record ReviewLog(Review[] Rows, IReadOnlyDictionary<string, int> LeftOut)
{
    /// <summary>What had been written up to a second, as if it had been read then; of rows without a time nobody knows.</summary>
    public ReviewLog UpTo(uint second) => new([.. Rows.Where(r => r.Second > 0 && r.Second <= second)], new Dictionary<string, int>());

    /// <param name="rows">In any order.</param>
    /// <param name="authors">By author index, the rank of the id among all: indices of authors go by the order of files.</param>
    public static ReviewLog Of(IEnumerable<Review> rows, int[] authors, IReadOnlyDictionary<string, int> leftOut)
    {
        Review[] sorted = [.. rows.Select(r => r.Author < 0 ? r : r with { Author = authors[r.Author] })];
        Array.Sort(sorted, (a, b) =>
        {
            int order = (a.Item, a.Second, a.Author).CompareTo((b.Item, b.Second, b.Author));
            if (order == 0) order = a.Rating.CompareTo(b.Rating);
            return order != 0 ? order : string.CompareOrdinal(a.Text, b.Text);
        });
        return new ReviewLog(sorted, leftOut);
    }
}
