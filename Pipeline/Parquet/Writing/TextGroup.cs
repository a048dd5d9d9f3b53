using System.Text;
using System.Text.Unicode;
using Parquet;
using Parquet.Schema;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet.Writing;

/// <summary>Text, for which the library wants UTF-16: all of a row group's in one array, no string a row.</summary>
internal sealed class TextGroup(DataField stored) : ColumnGroup(stored)
{
    /// <summary>Longer bounds are left out: few readers gain by them.</summary>
    private const int MaxBoundBytes = 64;

    private byte[] _bytes = [];
    private int[] _ends = [];
    private char[] _chars = [];
    private ReadOnlyMemory<char>[] _values = [];
    private int _count, _end;

    public override Task WriteAsync(ParquetRowGroupWriter group)
    {
        if (_chars.Length < _end) _chars = new char[_end];
        if (_values.Length < _count) _values = new ReadOnlyMemory<char>[_count];
        bool ascii = Ascii.IsValid(_bytes.AsSpan(0, _end));
        if (ascii) Encoding.ASCII.GetChars(_bytes.AsSpan(0, _end), _chars);
        int start = 0, at = 0;
        for (int i = 0; i < _count; i++)
        {
            int length = ascii ? _ends[i] - start : Encoding.UTF8.GetChars(_bytes.AsSpan(start, _ends[i] - start), _chars.AsSpan(at));
            _values[i] = _chars.AsMemory(at, length);
            at += length;
            start = _ends[i];
        }
        return group.WriteAllPartsAsync<ReadOnlyMemory<char>>(Stored, _values.AsMemory(0, _count), Levels, null, CancellationToken.None);
    }

    public override ChunkStatistics Statistics()
    {
        if (_count == 0) return new(Nulls, null, null);
        var least = _bytes.AsSpan(0, _ends[0]);
        var greatest = least;
        for (int i = 1; i < _count; i++)
        {
            var text = _bytes.AsSpan(_ends[i - 1], _ends[i] - _ends[i - 1]);
            if (text.SequenceCompareTo(greatest) > 0) greatest = text;
            else if (text.SequenceCompareTo(least) < 0) least = text;
        }
        bool known = least.Length <= MaxBoundBytes && greatest.Length <= MaxBoundBytes;
        return new(Nulls, known ? least.ToArray() : null, known ? greatest.ToArray() : null);
    }

    public override void Clear()
    {
        base.Clear();
        (_count, _end) = (0, 0);
    }

    protected override void Take(Column column, int first, ReadOnlySpan<int> levels)
    {
        var text = (Utf8Column)column;
        var offsets = text.Offsets.Slice(first, levels.Length + 1);
        var bytes = text.Bytes[offsets[0]..offsets[^1]];
        RequireText(column.Field.Name, bytes, offsets);
        long needed = (long)_end + bytes.Length;
        if (needed > Array.MaxLength)
        {
            throw new ArgumentException(
                $"column '{column.Field.Name}' has more than 2 GB of text in a row group; write fewer rows a row group", nameof(column));
        }
        if (_bytes.Length < needed) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
        if (_ends.Length < _count + levels.Length) Array.Resize(ref _ends, Math.Max(_count + levels.Length, _ends.Length * 2));
        for (int row = 0; row < levels.Length; row++)
        {
            if (levels[row] == 0) continue;
            var value = text[first + row];
            value.CopyTo(_bytes.AsSpan(_end));
            _end += value.Length;
            _ends[_count++] = _end;
        }
    }

    // Files with broken text are refused by most readers, so none is written.
    private static void RequireText(string name, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> offsets)
    {
        bool valid = Utf8.IsValid(bytes);
        for (int row = 0; valid && row < offsets.Length - 1; row++)
        {
            int at = offsets[row] - offsets[0];
            valid = at == bytes.Length || (bytes[at] & 0xC0) != 0x80;
        }
        if (!valid) throw new ArgumentException($"column '{name}' holds bytes that are not UTF-8 text", nameof(bytes));
    }
}
