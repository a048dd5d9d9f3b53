using System.Buffers.Binary;
using System.Text;
using Npgsql;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Publish.Postgres;

/// <summary>
/// Rows on their way into a table in COPY's binary format (PostgreSQL documentation, "COPY", Binary Format), written as bytes into one buffer: millions of rows
/// without an object a row.
/// </summary>
internal sealed class RowCopy : IDisposable
{
    private const int FlushBytes = 1 << 20;

    private readonly NpgsqlRawCopyStream _to;
    private byte[] _buffer = new byte[FlushBytes + 65_536];
    private int _count;
    private bool _completed;

    /// <param name="table">Quoted, with its columns.</param>
    public RowCopy(NpgsqlConnection connection, string table)
    {
        _to = connection.BeginRawBinaryCopy($"COPY {table} FROM STDIN (FORMAT BINARY)");
        byte[] header = [.. "PGCOPY\n"u8, 0xFF, .. "\r\n\0"u8, 0, 0, 0, 0, 0, 0, 0, 0];
        header.CopyTo(Take(header.Length));
    }

    public void Row(short columns) => BinaryPrimitives.WriteInt16BigEndian(Take(2), columns);

    public void Write(int value)
    {
        var to = Take(8);
        BinaryPrimitives.WriteInt32BigEndian(to, 4);
        BinaryPrimitives.WriteInt32BigEndian(to[4..], value);
    }

    public void Write(float value)
    {
        var to = Take(8);
        BinaryPrimitives.WriteInt32BigEndian(to, 4);
        BinaryPrimitives.WriteSingleBigEndian(to[4..], value);
    }

    public void Write(double value)
    {
        var to = Take(12);
        BinaryPrimitives.WriteInt32BigEndian(to, 8);
        BinaryPrimitives.WriteDoubleBigEndian(to[4..], value);
    }

    public void Write(ReadOnlySpan<byte> utf8)
    {
        if (PostgresText.NeedsEncoding(utf8)) utf8 = Encoding.UTF8.GetBytes(PostgresText.Encode(Encoding.UTF8.GetString(utf8)));
        var to = Take(4 + utf8.Length);
        BinaryPrimitives.WriteInt32BigEndian(to, utf8.Length);
        utf8.CopyTo(to[4..]);
    }

    public void WriteNull() => BinaryPrimitives.WriteInt32BigEndian(Take(4), -1);

    public void Write(string text) => Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Ends the copy; without it nothing of it is kept.</summary>
    public void Complete()
    {
        BinaryPrimitives.WriteInt16BigEndian(Take(2), -1);
        Flush();
        _completed = true;
        _to.Dispose();
    }

    public void Dispose()
    {
        if (_completed) return;
        // Disposing alone would end the copy as if it were whole.
        _to.Cancel();
        _to.Dispose();
    }

    private Span<byte> Take(int bytes)
    {
        if (_count + bytes > FlushBytes) Flush();
        if (bytes > _buffer.Length) Array.Resize(ref _buffer, bytes);
        _count += bytes;
        return _buffer.AsSpan(_count - bytes, bytes);
    }

    private void Flush()
    {
        _to.Write(_buffer, 0, _count);
        _count = 0;
    }
}
