using System.IO.Compression;
using Parquet;
using Parquet.Schema;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet.Writing;

/// <summary>
/// One file under way. Columns are written as the integers, reals and texts that they are stored as, since the library takes times as dates of 100 ns alone;
/// what they mean is said by the footer, which <see cref="FooterWriter"/> puts in place of the library's.
/// </summary>
internal sealed class ParquetNetFileWriter : IParquetFileWriter
{
    private readonly string _file;
    private readonly string _partial;
    private readonly IReadOnlyList<ColumnField> _fields;
    private readonly int _groupRows;
    private readonly ColumnGroup[] _columns;
    private readonly List<ChunkStatistics[]> _statistics = [];
    private readonly CallerStream _stream;
    private readonly ParquetWriter _writer;
    private int _rows;
    private bool _complete;
    private bool _ended;

    public ParquetNetFileWriter(string file, IReadOnlyList<ColumnField> fields, ParquetWriteOptions options)
    {
        _file = file;
        string full = Path.GetFullPath(file);
        _partial = PartialFile.Of(Path.Combine(Path.GetDirectoryName(full)!, "." + Path.GetFileName(full)));
        _fields = fields;
        _groupRows = options.RowGroupRows;
        _columns = [.. fields.Select((f, i) => ColumnGroup.Create(f, $"c{i}"))];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        var settings = new ParquetOptions
        {
            CompressionMethod = CompressionMethod.Zstd,
            CompressionLevel =
                options.ZstdLevel switch { < 3 => CompressionLevel.Fastest, < 19 => CompressionLevel.Optimal, _ => CompressionLevel.SmallestSize },
            DictionaryEncodingSampleSize = 4096,
        };
        for (int i = 0; i < fields.Count; i++)
            if (fields[i].Type == ColumnType.Utf8) settings.ColumnEncodingHints[$"c{i}"] = EncodingHint.Dictionary;
        var schema = new ParquetSchema(_columns.Select(c => c.SchemaField).ToArray());
        _stream = new CallerStream(new FileStream(_partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16));
        _writer = ParquetWriter.CreateAsync(schema, _stream, settings).GetAwaiter().GetResult();
    }

    public void Append(IReadOnlyList<Column> columns, int rowCount)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        ParquetTable.RequireShape(_file, _fields, columns, rowCount);
        for (int at = 0; at < rowCount;)
        {
            int rows = Math.Min(rowCount - at, _groupRows - _rows);
            for (int i = 0; i < columns.Count; i++) _columns[i].Append(columns[i], at, rows);
            _rows += rows;
            at += rows;
            if (_rows == _groupRows) WriteGroup();
        }
    }

    public void Complete()
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        if (_rows > 0) WriteGroup();
        _ended = true;
        OnDisk(() =>
        {
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
            FooterWriter.Replace(_file, _stream.File, _fields, _statistics);
            _stream.File.Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_partial, _file, overwrite: true);
        });
        _complete = true;
    }

    public void Dispose()
    {
        _ended = true;
        _stream.Dispose();
        if (!_complete) File.Delete(_partial);
    }

    private void WriteGroup() => OnDisk(() =>
    {
        using var group = _writer.CreateRowGroup();
        foreach (var column in _columns) column.WriteAsync(group).GetAwaiter().GetResult();
        group.CompleteValidate();
        _statistics.Add([.. _columns.Select(c => c.Statistics())]);
        foreach (var column in _columns) column.Clear();
        _rows = 0;
    });

    private void OnDisk(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ended = true;
            throw new ParquetFileException(_file, "cannot be written: " + e.Message, e);
        }
    }

    /// <summary>Writes on the caller's thread whatever it is asked: a file's own stream would borrow a thread of the pool for each page.</summary>
    private sealed class CallerStream(FileStream file) : Stream
    {
        public FileStream File => file;

        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override void Flush()
        {
            // Before each page the library flushes; the file does that when it is complete.
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => file.Write(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => file.Write(buffer);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        {
            file.Write(buffer, offset, count);
            return Task.CompletedTask;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            file.Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
