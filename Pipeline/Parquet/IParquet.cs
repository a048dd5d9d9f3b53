using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What a file says about itself.</summary>
internal sealed record ParquetFileInfo(string File, long Rows, int RowGroups, long Bytes, IReadOnlyList<ColumnField> Columns)
{
    /// <summary>Columns that are left out when all are read.</summary>
    public IReadOnlyList<SkippedColumn> Skipped { get; init; } = [];
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
    /// Files that a pattern stands for, in ordinal order: a file, a folder (all <c>*.parquet</c> below it), or a glob with <c>*</c>, <c>?</c> and <c>**</c>.
    /// Hive-style folders (<c>date=2011-12-01</c>) become string columns of every file below them.
    /// </summary>
    IReadOnlyList<string> Expand(string pattern);

    ParquetFileInfo Inspect(string file);

    /// <summary>
    /// Streams <paramref name="columns"/> (null: all that are supported) of one file, in file order.
    /// A column that the file lacks is an error that names the ones it has. Integers of other widths widen; decimals become double; dates become timestamps.
    /// </summary>
    IEnumerable<ColumnBatch> Read(string file, IReadOnlyList<string>? columns = null, CancellationToken cancellation = default);
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
