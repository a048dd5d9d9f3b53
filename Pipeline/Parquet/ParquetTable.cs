using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What the writer asks of the columns and rows it is given.</summary>
internal static class ParquetTable
{
    public static void Require(string file, IReadOnlyList<ColumnField> columns, ParquetWriteOptions options)
    {
        if (columns.Count == 0) throw new ArgumentException($"{file}: a Parquet file needs at least one column", nameof(columns));
        if (columns.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new ArgumentException($"{file}: two columns are called '{twice.Key}'", nameof(columns));
        if (options.RowGroupRows is < 2048 or > 100_000_000)
            throw new ArgumentException($"{file}: {options.RowGroupRows} rows a row group; expected 2,048 to 100,000,000", nameof(options));
        if (options.ZstdLevel is < 1 or > 22) throw new ArgumentException($"{file}: zstd level {options.ZstdLevel}; expected 1 to 22", nameof(options));
    }

    public static void RequireShape(string file, IReadOnlyList<ColumnField> fields, IReadOnlyList<Column> columns, int rowCount)
    {
        if (columns.Count != fields.Count)
        {
            throw new ArgumentException(
                $"{file}: {columns.Count} columns were given; expected {fields.Count}: {string.Join(", ", fields.Select(f => f.Name))}", nameof(columns));
        }
        for (int i = 0; i < columns.Count; i++)
        {
            if (columns[i].Field.Type != fields[i].Type)
            {
                throw new ArgumentException(
                    $"{file}: column '{fields[i].Name}' was given as {columns[i].Field.Type}; expected {fields[i].Type}", nameof(columns));
            }
            if (columns[i].Count < rowCount)
                throw new ArgumentException($"{file}: column '{fields[i].Name}' has {columns[i].Count} rows; expected {rowCount}", nameof(columns));
        }
    }
}
