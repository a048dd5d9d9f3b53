using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// What share of a user's items is of which most general category: p(g|u) of Steck 2018, each item counting once, those without a category not at all. It is
/// the mix that evaluate measures lists against.
/// </summary>
/// <param name="history">users x items.</param>
internal sealed class CategoryMixes(CategoryPaths categories, SparseRows history)
{
    /// <summary>Null where the catalog has fewer than two categories: all mixes would be the same.</summary>
    public static CategoryMixes? Of(Catalog catalog, SparseRows history) =>
        new CategoryPaths(catalog) is { Tops: > 1 } categories ? new CategoryMixes(categories, history) : null;

    public int Categories => categories.Tops;

    /// <summary>The item's category, -1 where it has none.</summary>
    public int Of(int item) => categories.Top[item];

    /// <param name="mix">Takes <see cref="Categories"/> shares that add up to 1.</param>
    /// <returns>False where nothing is known of the user's categories; the mix is all 0 then.</returns>
    public bool Of(int user, Span<double> mix)
    {
        mix.Clear();
        if (user >= history.Rows) return false;
        int known = 0;
        foreach (int item in history.RowIndices(user))
        {
            if (categories.Top[item] is not (>= 0 and var category)) continue;
            mix[category]++;
            known++;
        }
        if (known == 0) return false;
        foreach (ref double share in mix) share /= known;
        return true;
    }
}
