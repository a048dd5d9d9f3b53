using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>A Parquet file of impressions and clicks in the making.</summary>
internal sealed class FeedbackLogFile : IDisposable
{
    private const int RowsAtOnce = 1 << 16;

    private static readonly ColumnField[] Fields =
    [
        new("user_id", ColumnType.Utf8, Nullable: false),
        new("item_id", ColumnType.Utf8, Nullable: false),
        new("version", ColumnType.Utf8, Nullable: false),
        new("kind", ColumnType.Utf8, Nullable: false),
        new("rank", ColumnType.Int32, Nullable: false),
        new("time", ColumnType.Timestamp, Nullable: false, TimestampUnit.Microseconds, IsUtc: true),
    ];

    private readonly IParquetFileWriter _writer;
    private readonly MemoryStream[] _bytes = [new(), new(), new(), new()];
    private readonly int[][] _offsets = [.. Enumerable.Range(0, 4).Select(_ => new int[RowsAtOnce + 1])];
    private readonly int[] _ranks = new int[RowsAtOnce];
    private readonly long[] _times = new long[RowsAtOnce];
    private int _count;

    public FeedbackLogFile(IParquetWriter writer, string path) => _writer = writer.Create(path, Fields);

    public long Rows { get; private set; }

    public void Add(ReadOnlySpan<byte> userId, ReadOnlySpan<byte> itemId, string version, ReadOnlySpan<byte> kind, int rank, long time)
    {
        _bytes[0].Write(userId);
        _bytes[1].Write(itemId);
        _bytes[2].Write(Encoding.UTF8.GetBytes(version));
        _bytes[3].Write(kind);
        (_ranks[_count], _times[_count]) = (rank, time);
        _count++;
        for (int c = 0; c < 4; c++) _offsets[c][_count] = (int)_bytes[c].Length;
        Rows++;
        if (_count == RowsAtOnce) Flush();
    }

    public void Complete()
    {
        Flush();
        _writer.Complete();
    }

    public void Dispose()
    {
        _writer.Dispose();
        foreach (var bytes in _bytes) bytes.Dispose();
    }

    private void Flush()
    {
        if (_count == 0) return;
        _writer.Append(
            [
                .. Enumerable.Range(0, 4).Select(Column (c) => new Utf8Column(Fields[c], _count, _offsets[c], _bytes[c].GetBuffer())),
                new ValueColumn<int>(Fields[4], _count, _ranks), new ValueColumn<long>(Fields[5], _count, _times),
            ],
            _count);
        foreach (var bytes in _bytes) bytes.SetLength(0);
        _count = 0;
    }
}
