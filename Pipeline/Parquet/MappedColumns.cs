using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>Checks a column mapping against what a file has, before any row is read.</summary>
internal sealed class MappedColumns(ParquetFileInfo file)
{
    private readonly List<string> _names = [];

    /// <summary>The mapped columns, each once, in the order they were asked for.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Notes that <paramref name="column"/> is wanted. Null is a column that is not mapped.</summary>
    /// <param name="key">Path of the configuration key that names the column.</param>
    /// <param name="allowed">Types that can be used there.</param>
    /// <exception cref="ConfigurationException">The file lacks the column, or its type cannot be used.</exception>
    public MappedColumns Want(string key, string? column, params ReadOnlySpan<ColumnType> allowed)
    {
        if (column is null) return this;
        var field = file.Columns.FirstOrDefault(c => c.Name == column) ?? throw Missing(key, column);
        if (!allowed.Contains(field.Type))
        {
            throw new ConfigurationException(
                $"{key} is '{column}', which in {file.File} is {field.Type}; expected {string.Join(" or ", allowed.ToArray())}: map another column");
        }
        if (!_names.Contains(column)) _names.Add(column);
        return this;
    }

    private ConfigurationException Missing(string key, string column)
    {
        var names = file.Columns.Select(c => c.Name).ToArray();
        string meant = NearestName.Of(column, names) is { } near ? $"; did you mean '{near}'?" : "";
        return new ConfigurationException($"{key} is '{column}', but {file.File} has no such column; it has {string.Join(", ", names)}{meant}");
    }
}
