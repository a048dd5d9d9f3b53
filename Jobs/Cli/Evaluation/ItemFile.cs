using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Cli.Evaluation;

/// <summary>The item file of <c>eval</c>: what it says of every item, items that no pair speaks of among them.</summary>
internal sealed class ItemFile
{
    private static readonly string[] Ids = ["item_id", "product_id"];
    private static readonly string[] Titles = ["title", "name", "description"];
    private static readonly string[] Brands = ["brand", "manufacturer"];
    private static readonly string[] Categories = ["category", "categories", "department"];

    /// <summary>Whatever else names an item in words, from general to special.</summary>
    private static readonly string[] Texts = ["product_category", "sub_category", "product_type", "subtitle", "package_size", "description", "text"];

    private readonly Dictionary<int, string?[]> _rows = [];

    public bool HasCategories { get; private set; }

    /// <param name="items">Gets the file's items that it does not have yet: what nobody has can be found too.</param>
    /// <exception cref="ConfigurationException">There is no such file, or it lacks the item column.</exception>
    public static ItemFile Read(IParquetReader reader, string pattern, EvalColumns columns, IdMap items, CancellationToken cancellation)
    {
        var files = reader.Expand(pattern);
        if (files.Count == 0) throw new ConfigurationException($"--items is '{pattern}', which matches no Parquet file");
        var found = new ItemFile();
        foreach (string file in files)
        {
            var info = reader.Inspect(file);
            var names = info.Columns.Concat(info.ByName).Select(c => c.Name).ToList();
            string id = columns.Item ?? Ids.FirstOrDefault(names.Contains) ?? Ids[0];
            if (!names.Contains(id))
            {
                throw new ConfigurationException(
                    $"{file}: there is no column '{id}' for the item's id; it has {string.Join(", ", names)}; name it with --set Eval:Columns:Item=...");
            }
            if (columns.Category is { } asked && !names.Contains(asked))
                throw new ConfigurationException($"{file}: there is no column '{asked}' (Eval:Columns:Category); it has {string.Join(", ", names)}");
            found.Add(new MappedColumns(reader, info).Want("Eval:Columns:Item", id, ColumnRole.Id), Use(names, columns), id, items, cancellation);
        }
        return found;
    }

    /// <summary>By item index, for <paramref name="items"/> items.</summary>
    public Catalog Catalog(int items)
    {
        string?[] Column(int field) => [.. Enumerable.Range(0, items).Select(i => _rows.GetValueOrDefault(i)?[field])];
        return new Catalog
        {
            Titles = Column(0),
            Brands = Column(1),
            Categories = Column(2),
            Texts = Column(3),
            Prices = [.. Enumerable.Repeat(double.NaN, items)],
            Available = [.. Enumerable.Repeat(true, items)],
            TextHashes = new ulong[items],
        };
    }

    /// <summary>Title, brand, category, and the columns whose words go together as text.</summary>
    private static (string? Title, string? Brand, string? Category, string[] Texts) Use(List<string> names, EvalColumns columns)
    {
        string? title = Titles.FirstOrDefault(names.Contains);
        string? category = columns.Category ?? Categories.FirstOrDefault(names.Contains);
        return (title, Brands.FirstOrDefault(names.Contains), category, [.. Texts.Where(t => names.Contains(t) && t != title && t != category)]);
    }

    private void Add(
        MappedColumns mapped, (string? Title, string? Brand, string? Category, string[] Texts) use, string id, IdMap items, CancellationToken cancellation)
    {
        HasCategories |= use.Category is not null;
        foreach (string? column in (string?[])[use.Title, use.Brand, use.Category, .. use.Texts]) mapped.Want("the item file", column, ColumnRole.Text);
        foreach (var batch in mapped.Read(cancellation))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (CellText.Shown(batch.Find(id), row) is not { } key) continue;
                // A table that went through floating point names the pairs' 123 as 123.0.
                if (key.EndsWith(".0", StringComparison.Ordinal) && items.Find(key) < 0 && items.Find(key[..^2]) >= 0) key = key[..^2];
                var words = use.Texts.Select(t => CellText.Shown(batch.Find(t), row)).OfType<string>();
                string said = string.Join(", ", words);
                _rows[items.Add(Encoding.UTF8.GetBytes(key))] = [Of(use.Title), Of(use.Brand), Of(use.Category), said.Length == 0 ? null : said];
                string? Of(string? column) => CellText.Shown(batch.Find(column), row);
            }
        }
    }
}
