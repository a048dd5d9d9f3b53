using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What a file says about itself.</summary>
internal sealed record ParquetFileInfo(string File, long Rows, int RowGroups, long Bytes, IReadOnlyList<ColumnField> Columns)
{
    /// <summary>Columns that are left out when all are read.</summary>
    public IReadOnlyList<SkippedColumn> Skipped { get; init; } = [];

    /// <summary>
    /// Columns that are read when asked for by name alone: bytes without a text annotation, and fields of structs by their path (<c>customer.id</c>).
    /// </summary>
    public IReadOnlyList<ColumnField> ByName { get; init; } = [];

    /// <summary>What lies in lists and maps and cannot be read: its path, and the column of the file that it lies in.</summary>
    public IReadOnlyList<(string Path, string Column)> Inside { get; init; } = [];

    /// <summary>The type of each column whose exact reading differs from its usual one, by name.</summary>
    public IReadOnlyDictionary<string, ColumnField> Exact { get; init; } = new Dictionary<string, ColumnField>();
}

/// <summary>A column that has no counterpart here (nested, binary, time of day), and why.</summary>
internal sealed record SkippedColumn(string Name, string Reason);

/// <summary>
/// The one door into Parquet. Bytes of a file are hostile: whatever they are, a call gives rows or throws
/// <see cref="Errors.ParquetFileException"/>; it never takes the process down.
/// </summary>
internal interface IParquetReader
{
    /// <summary>Name and version of the library behind it, as <c>doctor</c> and manifests show it.</summary>
    string Engine { get; }

    /// <summary>
    /// Files that a pattern stands for, in ordinal order: a file, a folder (all Parquet files below it), or a glob with <c>*</c>, <c>?</c> and <c>**</c>.
    /// Hive-style folders (<c>date=2011-12-01</c>) become string columns of every file below them.
    /// </summary>
    IReadOnlyList<string> Expand(string pattern);

    /// <summary>Likewise, with what was passed over.</summary>
    FileListing List(string pattern) => new(Expand(pattern), 0, []);

    ParquetFileInfo Inspect(string file);

    /// <summary>
    /// Streams <paramref name="columns"/> (null: all that are supported) of one file, in file order.
    /// A column that the file lacks is an error that names the ones it has. Integers of other widths widen; decimals become double; dates become timestamps.
    /// </summary>
    IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default);

    /// <summary>Likewise, with columns whose every value is wanted as it is stored.</summary>
    /// <param name="exact">
    /// Of these columns decimals and unsigned integers of 64 bits come as text of their digits, times in their own unit, and text is not held to be UTF-8. So
    /// no value is rounded, and none ends the reading.
    /// </param>
    IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns, IReadOnlySet<string> exact, CancellationToken cancellation);

    /// <summary>Whether the column, of whatever type, has no value in any row of the file. NaN is not a value either.</summary>
    /// <exception cref="Errors.ParquetFileException">The file is malformed, or has no such column.</exception>
    bool IsAllNull(string file, string column, CancellationToken cancellation = default);
}

internal sealed record ParquetWriteOptions(int RowGroupRows = 122_880, int ZstdLevel = 3);

/// <summary>Writes one Parquet file with zstd; the file appears under its name only when <see cref="Complete"/> has returned.</summary>
internal interface IParquetFileWriter : IDisposable
{
    void Append(IReadOnlyList<Column> columns, int rowCount);

    void Complete();
}

internal interface IParquetWriter
{
    string Engine { get; }

    IParquetFileWriter Create(string file, IReadOnlyList<ColumnField> columns, ParquetWriteOptions? options = null);
}
