using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>The item table, read again every night: one row an item (of repeats the last row wins, and is counted).</summary>
internal sealed class ItemSourceOptions
{
    /// <summary>A Parquet file, a folder or a glob.</summary>
    public string Path { get; set; } = "";

    public ItemColumns Columns { get; set; } = new();

    /// <summary>What a plain number in the column <see cref="ItemColumns.Added"/> counts since 1970-01-01.</summary>
    public TimestampUnit EpochUnit { get; set; } = TimestampUnit.Seconds;

    /// <summary>Whether an item of the log that the table lacks may be recommended.</summary>
    public bool UnlistedAvailable { get; set; }

    internal void Validate(OptionsCheck check, string key)
    {
        check.NotEmpty(Path, "a Parquet file, a folder or a glob", key + ":Path");
        check.NotEmpty(Columns.Id, "the column that holds the item's id", key + ":Columns:Id");
        foreach (string? category in Columns.Category) check.NotEmpty(category, "a column name", key + ":Columns:Category");
        foreach (string? attribute in Columns.Attributes) check.NotEmpty(attribute, "a column name", key + ":Columns:Attributes");
    }
}

/// <summary>Names of the item table's columns; null is a column that it does not have.</summary>
internal sealed class ItemColumns
{
    /// <summary>Column of the item's id, as the logs write it. Needed.</summary>
    public string? Id { get; set; }

    /// <summary>Column of the item's title: text.</summary>
    public string? Title { get; set; }

    /// <summary>From general to special; several columns become one path (<c>GROCERY/FROZEN PIZZA</c>).</summary>
    public List<string> Category { get; set; } = [];

    /// <summary>Column of the brand: text.</summary>
    public string? Brand { get; set; }

    /// <summary>A description or any other text that says what the item is; embedded with the title.</summary>
    public string? Text { get; set; }

    /// <summary>Column of the unit price, in the shop's currency.</summary>
    public string? Price { get; set; }

    /// <summary>Boolean, or a number: 0 is not available.</summary>
    public string? Available { get; set; }

    /// <summary>
    /// Column that names the product whose variant the item is (one shirt in twelve colours), text or whole numbers: a list has only so many of one product's
    /// variants.
    /// </summary>
    public string? Parent { get; set; }

    /// <summary>
    /// Column that says since when the item is for sale: a timestamp, a date, a number since 1970 (<see cref="ItemSourceOptions.EpochUnit"/>) or text that
    /// holds one. An item that nobody has met is new as long as it is younger than <see cref="IngestOptions.NewDays"/>, and dead stock after. Without a value
    /// its first event counts.
    /// </summary>
    public string? Added { get; set; }

    /// <summary>Pieces in stock: 0 or less is not available.</summary>
    public string? Stock { get; set; }

    /// <summary>
    /// What the shop keeps of one piece, in the currency of the price; 0 or less is a loss. Lists may be made by it (<c>Rank:Objective=Margin</c>), and rules
    /// may speak of it.
    /// </summary>
    public string? Margin { get; set; }

    /// <summary>Column of who sells the item, for rules: text or whole numbers.</summary>
    public string? Seller { get; set; }

    /// <summary>Further columns that rules speak of by their names: adult, recalled, region, season.</summary>
    public List<string> Attributes { get; set; } = [];

    /// <summary>What rules call a column, and the column.</summary>
    internal IReadOnlyList<(string Name, string Column)> ForRules() =>
    [
        .. new[] { ("seller", Seller), ("stock", Stock), ("parent", Parent), ("margin", Margin) }.Where(c => c.Item2 is not null)
            .Select(c => (c.Item1, c.Item2!)),
        .. Attributes.Select(c => (c, c)),
    ];
}

/// <summary>The user table: a segment a user, for the lists of users without history.</summary>
internal sealed class UserSourceOptions
{
    /// <summary>A Parquet file, a folder or a glob.</summary>
    public string Path { get; set; } = "";

    /// <summary>Column of the user's id.</summary>
    public string? Id { get; set; }

    /// <summary>Column of the segment: text.</summary>
    public string? Segment { get; set; }

    /// <summary>Further columns that rules speak of by their names: country, language, age group.</summary>
    public List<string> Attributes { get; set; } = [];

    internal void Validate(OptionsCheck check, string key)
    {
        check.NotEmpty(Path, "a Parquet file, a folder or a glob", key + ":Path");
        check.NotEmpty(Id, "the column that holds the user's id", key + ":Id");
        check.NotEmpty(Segment, "the column that holds the segment", key + ":Segment");
        foreach (string? attribute in Attributes) check.NotEmpty(attribute, "a column name", key + ":Attributes");
    }
}
