using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Embed.Own;

/// <summary>The columns that are read, checked against what a file says of itself before any row is.</summary>
internal static class OwnColumns
{
    public static string[] Of(OwnOptions options) => [options.Id, .. options.Column is { Length: > 0 } column ? [column] : options.Columns];

    public static void Require(OwnOptions options, string key, ParquetFileInfo file)
    {
        var id = Field(file, $"{key}:Id", options.Id);
        if (id is not { Type: ColumnType.Utf8 or ColumnType.Int32 or ColumnType.Int64 or ColumnType.Double })
            throw Wrong(file, $"{key}:Id", options.Id, id is null ? "no text or number" : id.Type.ToString(), "text or whole numbers");
        if (options.Column is { Length: > 0 } column)
        {
            // Lists are read by name only, so a file counts them among what it skips.
            if (Field(file, $"{key}:Column", column) is { } plain) throw Wrong(file, $"{key}:Column", column, plain.Type.ToString(), "a list of numbers (for a group of columns with one number each, name them in Columns)");
            return;
        }
        for (int i = 0; i < options.Columns.Count; i++)
        {
            string path = $"{key}:Columns:{i}";
            var field = Field(file, path, options.Columns[i]);
            if (field is not { Type: ColumnType.Int32 or ColumnType.Int64 or ColumnType.Double })
                throw Wrong(file, path, options.Columns[i], field is null ? "no number" : field.Type.ToString(), "numbers");
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

    private static ConfigurationException Wrong(ParquetFileInfo file, string key, string column, string found, string expected) =>
        new($"{key} is '{column}', which in {file.File} is {found}; expected {expected}: name another column");
}
