namespace Recsys.Batch.Pipeline.Data;

/// <summary>Further columns of a table as text, aligned with items or with users: what rules go by. Absent is null.</summary>
internal sealed class AttributeTable
{
    private const string Names = "names";

    private readonly SortedDictionary<string, string?[]> _columns = new(StringComparer.Ordinal);

    /// <param name="rows">Items or users there are.</param>
    public AttributeTable(IEnumerable<string> columns, int rows)
    {
        foreach (string column in columns) _columns.TryAdd(column, new string?[rows]);
        Rows = rows;
    }

    public int Rows { get; }

    public IReadOnlyCollection<string> Columns => _columns.Keys;

    /// <summary>The column of that name, upper and lower case being one; null where there is none.</summary>
    public string?[]? Find(string column) =>
        _columns.TryGetValue(column, out var exact) ? exact
        : _columns.FirstOrDefault(c => c.Key.Equals(column, StringComparison.OrdinalIgnoreCase)).Value;

    public string?[] this[string column] => _columns[column];

    /// <summary>Another order of rows, of other columns maybe: what this table does not know is null there.</summary>
    /// <param name="rows">New to old index.</param>
    public AttributeTable Of(int[] rows, IEnumerable<string>? columns = null)
    {
        var other = new AttributeTable(columns ?? Columns, rows.Length);
        foreach (string column in other.Columns.Where(_columns.ContainsKey))
            for (int row = 0; row < rows.Length; row++) other[column][row] = rows[row] < Rows ? this[column][rows[row]] : null;
        return other;
    }

    public void Write(ArtifactWriter to)
    {
        to.WriteStrings(Names, [.. Columns]).Write("rows", [Rows]);
        foreach (var (name, values) in _columns) to.WriteStrings("column " + name, values);
    }

    public static AttributeTable Read(ArtifactReader from)
    {
        var table = new AttributeTable(from.ReadStrings(Names).Select(n => n!), from.Read<int>("rows")[0]);
        foreach (string column in table.Columns) from.ReadStrings("column " + column).CopyTo(table[column], 0);
        return table;
    }
}
