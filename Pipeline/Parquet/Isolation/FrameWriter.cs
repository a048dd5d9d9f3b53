using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

internal enum FrameKind
{
    Schema = 1,
    Batch,
    Info,
    End,
    Failure,
}

/// <summary>
/// The decoder's half of the wire. A frame is <c>int32 kind, int32 n, n bytes of header</c>; a batch is followed by its arrays: for each column the validity
/// words if its header says so, then values, or offsets and bytes or list members.
/// </summary>
internal sealed class FrameWriter(Stream output)
{
    private bool _schemaSent;

    public void Write(ParquetFileInfo info) => Send(FrameKind.Info, w =>
    {
        w.Write(info.Rows);
        w.Write(info.RowGroups);
        w.Write(info.Bytes);
        Fields(w, info.Columns);
        w.Write(info.Skipped.Count);
        foreach (var column in info.Skipped)
        {
            w.Write(column.Name);
            w.Write(column.Reason);
        }
    });

    public void Write(ColumnBatch batch)
    {
        if (!_schemaSent) Send(FrameKind.Schema, w => Fields(w, [.. batch.Columns.Select(c => c.Field)]));
        _schemaSent = true;
        Send(FrameKind.Batch, w =>
        {
            w.Write(batch.FirstRow);
            w.Write(batch.RowCount);
            foreach (var column in batch.Columns)
            {
                w.Write(column.Validity is not null);
                w.Write(column switch { Utf8Column text => text.Bytes.Length, FloatListColumn lists => lists.Values.Length, _ => 0 });
            }
        });
        foreach (var column in batch.Columns)
        {
            if (column.Validity is not null) Put<ulong>(column.Validity.AsSpan(0, (batch.RowCount + 63) / 64));
            switch (column)
            {
                case ValueColumn<int> c: Put(c.Values); break;
                case ValueColumn<long> c: Put(c.Values); break;
                case ValueColumn<double> c: Put(c.Values); break;
                case ValueColumn<bool> c: Put(c.Values); break;
                case Utf8Column c:
                    Put(c.Offsets);
                    output.Write(c.Bytes);
                    break;
                case FloatListColumn c:
                    Put(c.Offsets);
                    Put(c.Values);
                    break;
                default: throw new InvalidOperationException(column.GetType().Name);
            }
        }
    }

    public void WriteEnd() => Send(FrameKind.End, _ => { });

    public void WriteFailure(string cause) => Send(FrameKind.Failure, w => w.Write(cause));

    private static void Fields(BinaryWriter w, IReadOnlyList<ColumnField> fields)
    {
        w.Write(fields.Count);
        foreach (var field in fields)
        {
            w.Write(field.Name);
            w.Write((int)field.Type);
            w.Write(field.Nullable);
            w.Write((int)field.Unit);
            w.Write(field.IsUtc);
        }
    }

    private void Put<T>(ReadOnlySpan<T> values) where T : unmanaged => output.Write(MemoryMarshal.AsBytes(values));

    private void Send(FrameKind kind, Action<BinaryWriter> header)
    {
        using var frame = new MemoryStream();
        frame.Write(stackalloc byte[8]);
        using (var writer = new BinaryWriter(frame, Encoding.UTF8, leaveOpen: true)) header(writer);
        var bytes = frame.GetBuffer().AsSpan(0, (int)frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[4..], bytes.Length - 8);
        output.Write(bytes);
    }
}
