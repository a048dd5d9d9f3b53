using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>One log: where its files are and what its columns mean.</summary>
internal sealed class EventSourceOptions
{
    /// <summary>Name of the source in the state, in reports and before a file's name (<c>name:2011/12.parquet</c>). Keep it: a new name is a new log.</summary>
    public string Name { get; set; } = "events";

    /// <summary>
    /// A Parquet file, a folder (all Parquet files below it, whatever their ending) or a glob. Hive folders (<c>date=2011-12-01</c>) are columns.
    /// </summary>
    public string Path { get; set; } = "";

    public EventColumns Columns { get; set; } = new();

    /// <summary>Kind of every row where <see cref="EventColumns.Kind"/> is not mapped.</summary>
    public string DefaultKind { get; set; } = "purchase";

    /// <summary>
    /// Raw value of the kind column -> view, click, impression, cart, purchase, return, rating or hide. A value that it does not name keeps its standard name,
    /// where it is one of these.
    /// </summary>
    public Dictionary<string, string> KindMap { get; set; } = [];

    /// <summary>What a plain number in the time column counts since 1970-01-01.</summary>
    public TimestampUnit EpochUnit { get; set; } = TimestampUnit.Seconds;

    /// <summary>A purchase whose group id starts with this is a return (Online Retail: <c>C</c>). Then a negative quantity without it is impossible.</summary>
    public string? ReturnGroupPrefix { get; set; }

    /// <summary>A purchase of negative quantity is a return of that many. Ignored where <see cref="ReturnGroupPrefix"/> is set.</summary>
    public bool NegativeQuantityIsReturn { get; set; } = true;

    internal void Validate(OptionsCheck check, string key)
    {
        check.NotEmpty(Path, "a Parquet file, a folder or a glob", key + ":Path");
        check.NotEmpty(Name, "a name that stays the same from night to night", key + ":Name");
        check.NotEmpty(Columns.User, "the column that holds the user's id", key + ":Columns:User");
        check.NotEmpty(Columns.Item, "the column that holds the item's id", key + ":Columns:Item");
        string kinds = string.Join(", ", EventKinds.Names);
        check.Require(EventKinds.TryParse(DefaultKind, out _), DefaultKind, "one of " + kinds, key + ":DefaultKind");
        foreach (var (raw, kind) in KindMap)
            check.Require(EventKinds.TryParse(kind, out _), kind, "one of " + kinds, $"{key}:KindMap:{raw}");
        check.Require(
            !DefaultKind.Equals("rating", StringComparison.OrdinalIgnoreCase) || Columns.Kind is not null || Columns.Value is not null,
            null, "the column that holds the rating's value", key + ":Columns:Value");
        check.Require(KindMap.Count == 0 || Columns.Kind is not null, null, "the column that KindMap speaks of", key + ":Columns:Kind");
        check.Require(ReturnGroupPrefix is null || Columns.Group is not null, null, "the column that ReturnGroupPrefix speaks of", key + ":Columns:Group");
    }
}

/// <summary>Names of a log's columns; null is a column that the log does not have.</summary>
internal sealed class EventColumns
{
    /// <summary>Column of the user's id: strings or whole numbers. Needed.</summary>
    public string? User { get; set; }

    /// <summary>Column of the item's id: strings or whole numbers. Needed.</summary>
    public string? Item { get; set; }

    /// <summary>
    /// A timestamp of any unit, a date, a number since 1970 (<see cref="EventSourceOptions.EpochUnit"/>) or ISO 8601 text. All sources have one or none has.
    /// </summary>
    public string? Time { get; set; }

    /// <summary>Column that says what a row is: a view, a purchase and so on. Left out, all rows are of the source's default kind.</summary>
    public string? Kind { get; set; }

    /// <summary>Pieces bought or returned; null counts as 1.</summary>
    public string? Quantity { get; set; }

    /// <summary>Unit price in the shop's currency.</summary>
    public string? Price { get; set; }

    /// <summary>The item's text as the row gives it; the majority wins.</summary>
    public string? Text { get; set; }

    /// <summary>Invoice, basket or session: strings or whole numbers.</summary>
    public string? Group { get; set; }

    /// <summary>The value of a rating.</summary>
    public string? Value { get; set; }

    /// <summary>The columns that the log has, each with its meaning: the property's name.</summary>
    internal IEnumerable<(string Meaning, string Column)> Mapped =>
        from property in typeof(EventColumns).GetProperties()
        let column = (string?)property.GetValue(this)
        where column is not null
        select (property.Name, column);
}
