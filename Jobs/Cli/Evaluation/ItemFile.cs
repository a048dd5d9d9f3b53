using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Cli.Evaluation;

/// <summary>The item file of <c>eval</c>: titles and categories of the items that the pairs speak of.</summary>
internal static class ItemFile
{
    private static readonly string[] Titles = ["title", "name", "description"];
    private static readonly string[] Categories = ["category", "categories", "department"];

    /// <exception cref="ConfigurationException">There is no such file, or it lacks the item column.</exception>
    public static Catalog Read(IParquetReader reader, string pattern, EvalColumns columns, IdMap items, CancellationToken cancellation)
    {
        var files = reader.Expand(pattern);
        if (files.Count == 0) throw new ConfigurationException($"--items is '{pattern}', which matches no Parquet file");
        var catalog = new Catalog
        {
            Titles = new string?[items.Count],
            Categories = new string?[items.Count],
            Brands = new string?[items.Count],
            Prices = [.. Enumerable.Repeat(float.NaN, items.Count)],
            Available = [.. Enumerable.Repeat(true, items.Count)],
            TextHashes = new ulong[items.Count],
        };
        foreach (string file in files)
        {
            var names = reader.Inspect(file).Columns.Select(c => c.Name).ToList();
            string id = columns.Item ?? "item_id";
            if (!names.Contains(id))
                throw new ConfigurationException($"{file}: there is no column '{id}' for the item's id; it has {string.Join(", ", names)}; name it with --set Eval:Columns:Item=...");
            if (columns.Category is { } asked && !names.Contains(asked))
                throw new ConfigurationException($"{file}: there is no column '{asked}' (Eval:Columns:Category); it has {string.Join(", ", names)}");
            string? title = Titles.FirstOrDefault(names.Contains);
            string? category = columns.Category ?? Categories.FirstOrDefault(names.Contains);
            foreach (var batch in reader.Read(file, [.. new[] { id, title, category }.OfType<string>().Distinct()], cancellation))
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    int item = Text(batch[id], row) is { } key ? items.Find(key) : -1;
                    if (item < 0) continue;
                    if (title is not null) catalog.Titles[item] = Text(batch[title], row);
                    if (category is not null) catalog.Categories[item] = Text(batch[category], row);
                }
            }
        }
        return catalog;
    }

    private static string? Text(Column column, int row) => column.IsNull(row) ? null : column switch
    {
        Utf8Column c => Encoding.UTF8.GetString(c[row]),
        ValueColumn<long> c => c.Values[row].ToString(CultureInfo.InvariantCulture),
        ValueColumn<int> c => c.Values[row].ToString(CultureInfo.InvariantCulture),
        _ => throw new ConfigurationException($"column '{column.Field.Name}' is {column.Field.Type}; expected text or whole numbers"),
    };
}
