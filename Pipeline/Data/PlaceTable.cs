namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// A table of a version for one place of the shop. It is described here once: Parquet files, both databases, retention, the scrub of forgotten users, exports,
/// the API and the console read their columns from it. Every database table has the version besides.
/// </summary>
/// <param name="Name">Small letters and _, as downstream calls it.</param>
/// <param name="Keys">How many of the first columns are the key within a version; the first of them is what readers ask by, the last is the rank.</param>
/// <param name="Item">The column that names the item which is shown.</param>
/// <param name="Columns">Text, whole numbers or doubles; none is null.</param>
internal sealed record PlaceTable(string Name, int Keys, string Item, IReadOnlyList<ColumnField> Columns)
{
    /// <summary>The column whose rows go with a user who asks to be gone.</summary>
    public const string UserColumn = "user_id";

    /// <summary>The column that says how much.</summary>
    public string Score { get; init; } = "score";

    /// <summary>The column that tells several lists of one key apart; each has ranks of its own.</summary>
    public const string KindColumn = "kind";

    /// <summary>Whether its rows are shown to people: what they buy is put down to such rows alone.</summary>
    public bool IsShown { get; init; } = true;

    /// <summary>Whether one key has a list for each of several kinds.</summary>
    public bool HasKinds => KeyNames.Contains(KindColumn);

    /// <summary>The column that readers ask by.</summary>
    public string Key => Columns[0].Name;

    /// <summary>Whether it holds what a single user is shown, by user.</summary>
    public bool IsOfUsers => Key == UserColumn;

    /// <summary>Whether rows name users.</summary>
    public bool NamesUsers => Columns.Any(c => c.Name == UserColumn);

    /// <summary>Names of the key's columns, in order.</summary>
    public IEnumerable<string> KeyNames => Columns.Take(Keys).Select(c => c.Name);

    public static ColumnField Text(string name) => new(name, ColumnType.Utf8, Nullable: false);

    public static ColumnField Whole(string name) => new(name, ColumnType.Int32, Nullable: false);

    public static ColumnField Number(string name) => new(name, ColumnType.Double, Nullable: false);
}
