using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>Checks a column mapping against what a file has, before any row is read.</summary>
/// <param name="isElsewhere">Whether another file of the same log has a column; null: files are not compared.</param>
internal sealed class MappedColumns(IParquetReader reader, ParquetFileInfo file, Func<string, bool>? isElsewhere = null)
{
    private readonly List<string> _names = [];
    private readonly HashSet<string> _exact = new(StringComparer.Ordinal);
    private readonly List<string> _lacking = [];

    /// <summary>The mapped columns that are to be read, each once, in the order they were asked for.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Those of them that are read as they are stored.</summary>
    public IReadOnlySet<string> Exact => _exact;

    /// <summary>Columns that other files have and this one lacks: null in every row.</summary>
    public IReadOnlyList<string> Lacking => _lacking;

    public IEnumerable<ColumnBatch> Read(CancellationToken cancellation) => reader.Read(file.File, Names, Exact, cancellation);

    /// <summary>
    /// Notes that <paramref name="column"/> is wanted. Null is a column that is not mapped. A column without any value is null here, whatever its type, and is
    /// not read.
    /// </summary>
    /// <param name="key">Path of the configuration key that names the column.</param>
    /// <param name="mayLack">Whether a file may lack the column where another has it.</param>
    /// <exception cref="ConfigurationException">The file lacks the column, or its type cannot be used.</exception>
    public MappedColumns Want(string key, string? column, ColumnRole role, bool mayLack = false)
    {
        if (column is null) return this;
        var field = file.Columns.Concat(file.ByName).FirstOrDefault(c => c.Name == column);
        if (field is null || !role.Accepts(field.Type))
        {
            string? skipped = file.Skipped.FirstOrDefault(c => c.Name == column)?.Reason;
            if (field is null && skipped is null)
            {
                if (!mayLack || isElsewhere?.Invoke(column) != true) throw Missing(key, column);
                _lacking.Add(column);
                return this;
            }
            if (reader.IsAllNull(file.File, column)) return this;
            string found = field is null ? $"which in {file.File} cannot be read as one value: {skipped}" : $"which in {file.File} is {field.Type}";
            throw new ConfigurationException($"{key} is '{column}', {found}; expected {string.Join(" or ", role.Types())}: {WayOut(column)}");
        }
        if (!_names.Contains(column)) _names.Add(column);
        if (role.IsExact(field)) _exact.Add(column);
        return this;
    }

    /// <summary>Whether a file has a column of that name, of whatever type.</summary>
    public static bool Has(ParquetFileInfo file, string column) =>
        file.Columns.Concat(file.ByName).Any(c => c.Name == column) || file.Skipped.Any(c => c.Name == column);

    private string WayOut(string column)
    {
        string[] fields = [.. file.ByName.Select(c => c.Name).Where(n => n.StartsWith(column + ".", StringComparison.Ordinal))];
        if (fields.Length > 0) return $"map one of its fields, {string.Join(" or ", fields.Select(f => $"'{f}'"))}";
        return file.Inside.Any(i => i.Column == column) ? "write the log with a row for each member of the list" : "map another column";
    }

    private ConfigurationException Missing(string key, string column)
    {
        string[] inside = [.. file.Inside.Where(i => i.Path == column || i.Path.EndsWith("." + column, StringComparison.Ordinal)).Select(i => i.Column)];
        if (inside.Length > 0)
        {
            return new ConfigurationException(
                $"{key} is '{column}', which in {file.File} lies in the list or map '{inside[0]}'; "
                + $"expected {(key.EndsWith(":Item", StringComparison.Ordinal) ? "an item" : "a value")} a row: write the log with a row for each "
                + $"member of '{inside[0]}'");
        }
        string[] names =
        [
            .. file.Columns.Select(c => c.Name), .. file.ByName.Select(c => c.Name),
            .. file.Skipped.Select(c => c.Name).Where(n => file.ByName.All(c => c.Name != n)),
        ];
        string? near = names.FirstOrDefault(n => n.EndsWith("." + column, StringComparison.Ordinal)) ?? NearestName.Of(column, names);
        return new ConfigurationException(
            $"{key} is '{column}', but {file.File} has no such column; it has {string.Join(", ", names)}{(near is null ? "" : $"; did you mean '{near}'?")}");
    }
}
