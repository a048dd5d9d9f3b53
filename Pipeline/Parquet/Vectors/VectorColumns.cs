using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Vectors;

/// <summary>Columns of a table of vectors: an id, and either one column of lists or a group of columns with one number each.</summary>
/// <param name="IdKey">Configuration key of <paramref name="Id"/>, for messages; likewise the others.</param>
/// <param name="List">Null or empty where <paramref name="Group"/> is meant.</param>
internal sealed record VectorColumns(string IdKey, string Id, string ListKey, string? List, string GroupKey, IReadOnlyList<string> Group)
{
    /// <summary>Checks the columns against what a file says of itself, then reads them, ids as they are stored.</summary>
    /// <exception cref="ConfigurationException">A column is missing or cannot hold what it should.</exception>
    public IEnumerable<ColumnBatch> Read(IParquetReader reader, string file, CancellationToken cancellation)
    {
        var info = reader.Inspect(file);
        var mapped = new MappedColumns(reader, info).Want(IdKey, Id, ColumnRole.Id);
        if (List is { Length: > 0 } list)
        {
            // Lists are read by name only, so a file counts them among what it skips.
            if (Field(info, ListKey, list) is { } plain)
            {
                throw Wrong(
                    info, ListKey, list, plain.Type.ToString(),
                    $"a list of numbers (for a group of columns with one number each, name them in {GroupKey[(GroupKey.LastIndexOf(':') + 1)..]})");
            }
            return reader.Read(file, [.. mapped.Names, list], mapped.Exact, cancellation);
        }
        for (int i = 0; i < Group.Count; i++) mapped.Want($"{GroupKey}:{i}", Group[i], ColumnRole.Number);
        return mapped.Read(cancellation);
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
