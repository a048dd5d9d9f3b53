using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>All text of an item as one line: its fields in order, a comma between them, a category path as words.</summary>
internal static class ItemText
{
    public const string Title = "title";
    public const string Brand = "brand";
    public const string Category = "category";
    public const string Text = "text";

    public static IReadOnlyList<string> Fields { get; } = [Title, Brand, Category, Text];

    /// <summary>Item-aligned; null where an item has none of the fields.</summary>
    /// <exception cref="ArgumentException">A field is not one of <see cref="Fields"/>.</exception>
    public static string?[] Of(Catalog catalog, IEnumerable<string> fields)
    {
        var columns = fields.Select(f => Column(catalog, f)).ToArray();
        var texts = new string?[catalog.Items];
        var parts = new List<string>(columns.Length);
        for (int i = 0; i < texts.Length; i++)
        {
            parts.Clear();
            foreach (var column in columns)
                if (column?[i] is { } said && said.AsSpan().Trim() is { Length: > 0 } trimmed)
                    parts.Add(ReferenceEquals(column, catalog.Categories) ? Words(trimmed) : trimmed.ToString());
            if (parts.Count > 0) texts[i] = string.Join(", ", parts);
        }
        return texts;
    }

    private static string?[]? Column(Catalog catalog, string field) => field switch
    {
        Title => catalog.Titles,
        Brand => catalog.Brands,
        Category => catalog.Categories,
        Text => catalog.Texts,
        _ => throw new ArgumentException($"'{field}' is none of {string.Join(", ", Fields)}", nameof(field)),
    };

    private static string Words(ReadOnlySpan<char> path) => path.ToString().Replace('/', ' ');
}
