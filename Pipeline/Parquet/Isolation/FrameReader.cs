using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Isolation;

/// <summary>
/// The parent's half of the wire. The decoder may have been taken over by the bytes it read, so nothing it says is trusted: sizes are bounded and offsets
/// checked before anyone uses them. Arrays are used again from batch to batch.
/// </summary>
internal sealed class FrameReader(Stream input, int maxRows)
{
    private const int MaxHeader = 16 << 20;

    private ColumnField[] _fields = [];
    private Received[] _columns = [];

    /// <exception cref="EndOfStreamException">The decoder is gone.</exception>
    /// <exception cref="InvalidDataException">It talks nonsense.</exception>
    public (FrameKind Kind, object? Content) Next(string file)
    {
        Span<byte> head = stackalloc byte[8];
        input.ReadExactly(head);
        var kind = (FrameKind)BinaryPrimitives.ReadInt32LittleEndian(head);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        Require(length is >= 0 and <= MaxHeader);
        var bytes = new byte[length];
        input.ReadExactly(bytes);
        using var header = new BinaryReader(new MemoryStream(bytes));
        switch (kind)
        {
            case FrameKind.Schema:
                _fields = Fields(header);
                _columns = [.. _fields.Select(_ => new Received())];
                return (kind, null);
            case FrameKind.Batch: return (kind, Batch(file, header));
            case FrameKind.Info: return (kind, Info(file, header));
            case FrameKind.End: return (kind, null);
            case FrameKind.Failure: return (kind, header.ReadString());
            default: throw new InvalidDataException($"frame of kind {(int)kind}");
        }
    }

    private ColumnBatch Batch(string file, BinaryReader header)
    {
        long first = header.ReadInt64();
        int rows = header.ReadInt32();
        Require(first >= 0 && rows >= 0 && rows <= maxRows);
        foreach (var column in _columns)
        {
            column.HasNulls = header.ReadBoolean();
            column.Entries = header.ReadInt32();
            Require(column.Entries >= 0);
        }
        var columns = new Column[_columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            var (column, field) = (_columns[i], _fields[i]);
            ulong[]? validity = null;
            if (column.HasNulls) Fill(validity = column.Validity ??= new ulong[(maxRows + 63) / 64], (rows + 63) / 64);
            columns[i] = field.Type switch
            {
                ColumnType.Int32 => new ValueColumn<int>(field, rows, column.Values<int>(input, rows, maxRows), validity),
                ColumnType.Double => new ValueColumn<double>(field, rows, column.Values<double>(input, rows, maxRows), validity),
                ColumnType.Boolean => new ValueColumn<bool>(field, rows, column.Values<bool>(input, rows, maxRows), validity),
                ColumnType.Utf8 => new Utf8Column(field, rows, column.Offsets(input, rows, maxRows), column.Text(input), validity),
                ColumnType.FloatList => new FloatListColumn(field, rows, column.Offsets(input, rows, maxRows), column.Members(input), validity),
                _ => new ValueColumn<long>(field, rows, column.Values<long>(input, rows, maxRows), validity),
            };
        }
        return new ColumnBatch(file, first, rows, columns);
    }

    private static ParquetFileInfo Info(string file, BinaryReader header)
    {
        var (rows, groups, bytes) = (header.ReadInt64(), header.ReadInt32(), header.ReadInt64());
        var fields = Fields(header);
        var skipped = new SkippedColumn[Length(header)];
        for (int i = 0; i < skipped.Length; i++) skipped[i] = new(header.ReadString(), header.ReadString());
        return new ParquetFileInfo(file, rows, groups, bytes, fields) { Skipped = skipped };
    }

    private static ColumnField[] Fields(BinaryReader header)
    {
        var fields = new ColumnField[Length(header)];
        for (int i = 0; i < fields.Length; i++)
            fields[i] = new(header.ReadString(), (ColumnType)header.ReadInt32(), header.ReadBoolean(), (TimestampUnit)header.ReadInt32(), header.ReadBoolean());
        return fields;
    }

    private static int Length(BinaryReader header)
    {
        int length = header.ReadInt32();
        Require(length is >= 0 and <= 1 << 20);
        return length;
    }

    private static void Require(bool holds)
    {
        if (!holds) throw new InvalidDataException("sizes that cannot be");
    }

    private void Fill<T>(T[] values, int count) where T : unmanaged => input.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(0, count)));

    /// <summary>The arrays of one column.</summary>
    private sealed class Received
    {
        private Array? _values;
        private int[]? _offsets;

        public bool HasNulls { get; set; }

        /// <summary>Bytes of text, or members of lists.</summary>
        public int Entries { get; set; }

        public ulong[]? Validity { get; set; }

        public T[] Values<T>(Stream input, int rows, int maxRows) where T : unmanaged
        {
            var values = (T[])(_values ??= new T[maxRows]);
            input.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(0, rows)));
            return values;
        }

        public int[] Offsets(Stream input, int rows, int maxRows)
        {
            _offsets ??= new int[maxRows + 1];
            var offsets = _offsets.AsSpan(0, rows + 1);
            input.ReadExactly(MemoryMarshal.AsBytes(offsets));
            Require(offsets[0] == 0 && offsets[rows] == Entries);
            for (int row = 0; row < rows; row++) Require(offsets[row] <= offsets[row + 1]);
            return _offsets;
        }

        public float[] Members(Stream input)
        {
            Require(Entries <= FloatListColumn.MaxMembers);
            var values = (float[]?)_values ?? [];
            if (values.Length < Entries) _values = values = new float[Math.Max(Entries, (int)Math.Min(FloatListColumn.MaxMembers, values.Length * 2L))];
            input.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(0, Entries)));
            return values;
        }

        public byte[] Text(Stream input)
        {
            var bytes = (byte[]?)_values ?? [];
            if (bytes.Length < Entries) _values = bytes = new byte[Math.Max(Entries, (int)Math.Min(Array.MaxLength, bytes.Length * 2L))];
            input.ReadExactly(bytes.AsSpan(0, Entries));
            return bytes;
        }
    }
}
