using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>The catalog as rules see it: every column by its name, as text.</summary>
/// <param name="attributes">Further columns of the item table; null where there are none.</param>
internal sealed class RuleItems(IdMap ids, Catalog catalog, AttributeTable? attributes)
{
    public const string Seller = "seller", Stock = "stock", Parent = "parent";

    /// <summary>Columns that every catalog has; others are those of the item table.</summary>
    public static IReadOnlyList<string> Own { get; } = ["item", "title", "category", "brand", "price", Seller, Stock, Parent];

    public int Count => catalog.Items;

    /// <summary>Pieces of each item that are expected to sell in the days of the forecast, 0 where nobody knows; null: there is no forecast.</summary>
    public double[]? Expected { get; init; }

    /// <summary>All columns that there are.</summary>
    public IEnumerable<string> Columns =>
        [.. Own.Where(c => c is not (Seller or Stock or Parent) || attributes?.Find(c) is not null), .. attributes?.Columns.Where(c => !Own.Contains(c)) ?? []];

    public string? ValueOf(string column, int item) => column switch
    {
        "item" => ids.Text(item),
        "title" => catalog.Titles[item],
        "category" => catalog.Categories[item],
        "brand" => catalog.Brands[item],
        "price" => double.IsNaN(catalog.Prices[item]) ? null : catalog.Prices[item].ToString("R", CultureInfo.InvariantCulture),
        _ => attributes?.Find(column)?[item],
    };

    public bool Has(string column) => column is "item" or "title" or "category" or "brand" or "price" || attributes?.Find(column) is not null;

    /// <summary>The items for which all conditions hold.</summary>
    public ItemSet Where(IReadOnlyList<ItemCondition> conditions)
    {
        // Ids are looked up: a rule may name a thousand of a million items.
        if (conditions is [{ Column: "item", Comparison: Comparison.Equal or Comparison.In } named])
        {
            var set = new ItemSet(Count);
            foreach (string id in named.Values)
                if (ids.Find(id) is >= 0 and var item && item < Count) set.Add(item);
            return set;
        }
        return ItemSet.Of(Count, item => conditions.All(c => Holds(c, item)));
    }

    /// <summary>The item's group in a column, from 0; -1 where it has no value. Of categories the path's beginning counts, as often as it is cut.</summary>
    public (int[] Groups, IReadOnlyList<string> Names) GroupsOf(string column, ItemSet? among = null)
    {
        var groups = new int[Count];
        var names = new List<string>();
        var index = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int item = 0; item < groups.Length; item++)
        {
            groups[item] = -1;
            if (among?.Contains(item) == false || ValueOf(column, item) is not { } value) continue;
            if (!index.TryGetValue(value, out int group))
            {
                index[value] = group = names.Count;
                names.Add(value);
            }
            groups[item] = group;
        }
        return (groups, names);
    }

    /// <summary>Values that a condition names and no item has: misspelt ones, and what is gone.</summary>
    public int Unknown(ItemCondition condition)
    {
        if (condition.Comparison is not (Comparison.Equal or Comparison.NotEqual or Comparison.In or Comparison.NotIn)) return 0;
        if (condition.Column == "item") return condition.Values.Count(id => ids.Find(id) is not (>= 0 and var item) || item >= Count);
        if (!Has(condition.Column)) return condition.Values.Count;
        return condition.Values.Count(value =>
        {
            var one = new ItemCondition(condition.Column, Comparison.Equal, [value]);
            for (int item = 0; item < Count; item++)
                if (Holds(one, item)) return false;
            return true;
        });
    }

    private bool Holds(ItemCondition condition, int item) => condition.Column == "category"
        ? condition.HoldsForPath(catalog.Categories[item])
        : condition.Holds(ValueOf(condition.Column, item));
}
