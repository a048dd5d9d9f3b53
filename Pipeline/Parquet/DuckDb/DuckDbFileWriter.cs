using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.DuckDb;

/// <summary>
/// One file under way: a COPY on a thread of its own pulls the rows that <see cref="Append"/> hands over. One thread encodes, so equal rows give equal bytes.
/// </summary>
internal sealed class DuckDbFileWriter : IParquetFileWriter
{
    private const int SliceRows = 32 * DuckDbNative.VectorRows;

    private readonly string _file;
    private readonly string _partial;
    private readonly IReadOnlyList<ColumnField> _fields;
    private readonly RowSource _source;
    private readonly Thread _copy;
    private Exception? _failure;
    private bool _complete;
    private bool _ended;

    public DuckDbFileWriter(string file, IReadOnlyList<ColumnField> fields, ParquetWriteOptions options, int memoryMegabytes)
    {
        _file = file;
        string full = Path.GetFullPath(file);
        _partial = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.partial");
        _fields = fields;
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        _source = new RowSource(fields);
        string list = string.Join(", ", fields.Select((f, i) => $"c{i} AS {SqlText.Identifier(f.Name)}"));
        string sql = string.Create(CultureInfo.InvariantCulture,
            $"COPY (SELECT {list} FROM {RowSource.Name}()) TO {SqlText.Literal(_partial)} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL {options.ZstdLevel}, ROW_GROUP_SIZE {options.RowGroupRows}, USE_TMP_FILE false)");
        _copy = new Thread(() => Copy(sql, memoryMegabytes)) { IsBackground = true, Name = "parquet writer" };
        _copy.Start();
    }

    public void Append(IReadOnlyList<Column> columns, int rowCount)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        ParquetTable.RequireShape(_file, _fields, columns, rowCount);
        for (int at = 0; at < rowCount; at += SliceRows)
            if (!_source.Offer(RowSlice.Of(columns, at, Math.Min(SliceRows, rowCount - at)))) Fail();
    }

    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        End(finished: true);
        if (_failure is not null) Fail();
        try
        {
            using (var written = new FileStream(_partial, FileMode.Open, FileAccess.ReadWrite)) written.Flush(flushToDisk: true);
            File.Move(_partial, _file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ParquetFileException(_file, "cannot be written: " + e.Message, e);
        }
        _complete = true;
    }

    public void Dispose()
    {
        End(finished: false);
        if (!_complete) File.Delete(_partial);
        _source.Dispose();
    }

    private void End(bool finished)
    {
        if (_ended) return;
        _ended = true;
        _source.End(finished);
        _copy.Join();
    }

    private void Copy(string sql, int memoryMegabytes)
    {
        try
        {
            using var database = new DuckDbDatabase(threads: 1, memoryMegabytes);
            _source.Register(database.Connection);
            database.Execute(sql);
        }
        catch (Exception e)
        {
            // Rethrown by Append or Complete on the caller's thread.
            _failure = e;
        }
        finally
        {
            _source.Close();
        }
    }

    private void Fail()
    {
        End(finished: false);
        string cause = _failure is DuckDbException d ? d.Cause : _failure?.Message ?? "the writer ended early";
        throw new ParquetFileException(_file, "cannot be written: " + cause, _failure);
    }
}
