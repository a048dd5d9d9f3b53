using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Vectors;

/// <summary>Columns of a table of vectors: an id, and either one column of lists or a group of columns with one number each.</summary>
/// <param name="IdKey">Configuration key of <paramref name="Id"/>, for messages; likewise the others.</param>
/// <param name="List">Null or empty where <paramref name="Group"/> is meant.</param>
internal sealed record VectorColumns(string IdKey, string Id, string ListKey, string? List, string GroupKey, IReadOnlyList<string> Group)
{
    public string[] Names => [Id, .. List is { Length: > 0 } list ? [list] : Group];

    /// <summary>Checks them against what a file says of itself, before any row is read.</summary>
    /// <exception cref="ConfigurationException">A column is missing or cannot hold what it should.</exception>
    public void Require(ParquetFileInfo file)
    {
        var id = Field(file, IdKey, Id);
        if (id is not { Type: ColumnType.Utf8 or ColumnType.Int32 or ColumnType.Int64 or ColumnType.Double })
            throw Wrong(file, IdKey, Id, id is null ? "no text or number" : id.Type.ToString(), "text or whole numbers");
        if (List is { Length: > 0 } list)
        {
            // Lists are read by name only, so a file counts them among what it skips.
            if (Field(file, ListKey, list) is { } plain)
            {
                throw Wrong(
                    file, ListKey, list, plain.Type.ToString(),
                    $"a list of numbers (for a group of columns with one number each, name them in {Last(GroupKey)})");
            }
            return;
        }
        for (int i = 0; i < Group.Count; i++)
        {
            string path = $"{GroupKey}:{i}";
            var field = Field(file, path, Group[i]);
            if (field is not { Type: ColumnType.Int32 or ColumnType.Int64 or ColumnType.Double })
                throw Wrong(file, path, Group[i], field is null ? "no number" : field.Type.ToString(), "numbers");
        }
    }

    private static ColumnField? Field(ParquetFileInfo file, string key, string column)
    {
        if (file.Columns.FirstOrDefault(c => c.Name == column) is { } field) return field;
        if (file.Skipped.Any(c => c.Name == column)) return null;
        string[] names = [.. file.Columns.Select(c => c.Name), .. file.Skipped.Select(c => c.Name)];
        string meant = NearestName.Of(column, names) is { } near ? $"; did you mean '{near}'?" : "";
        throw new ConfigurationException($"{key} is '{column}', but {file.File} has no such column; it has {string.Join(", ", names)}{meant}");
    }

    private static string Last(string key) => key[(key.LastIndexOf(':') + 1)..];

    private static ConfigurationException Wrong(ParquetFileInfo file, string key, string column, string found, string expected) =>
        new($"{key} is '{column}', which in {file.File} is {found}; expected {expected}: name another column");
}
