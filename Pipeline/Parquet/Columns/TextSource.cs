using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>
/// Text as UTF-8, checked to be that unless <paramref name="anyBytes"/> leaves it to the consumer. Of a dictionary the library gives the same bytes for each
/// row, of other pages an array of bytes a value; no string either way.
/// </summary>
internal sealed class TextSource(ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, TaskScheduler? threads, bool uuid, bool anyBytes = false)
    : FlatSource<ReadOnlyMemory<byte>>(field, capacity, chunks, leaf, threads)
{
    private const int MaxTextBytes = 64 << 20;
    private const int UuidLength = 36;

    private readonly int[] _offsets = new int[capacity + 1];
    private byte[] _bytes = new byte[capacity * 16];

    public override int TextBytes => _offsets[Count];

    public override Column ToColumn() => new Utf8Column(Field, Count, _offsets, _bytes, Validity);

    // A row that is longer than all a batch may have comes alone.
    protected override int Fitting(int rows)
    {
        var levels = LevelsAhead;
        var values = ValuesAhead;
        long bytes = 0;
        for (int row = 0, value = 0; row < rows; row++)
        {
            if (!levels.IsEmpty && levels[row] != Present) continue;
            bytes += uuid ? UuidLength : values[value].Length;
            value++;
            if (bytes > MaxTextBytes) return Math.Max(1, row);
        }
        return rows;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Put(ReadOnlySpan<ReadOnlyMemory<byte>> values, ReadOnlySpan<int> levels, int rows)
    {
        int start = _offsets[Count], present = Present;
        long needed = start;
        foreach (var value in values) needed += uuid ? UuidLength : value.Length;
        if (needed > Array.MaxLength) throw new InvalidDataException("more than 2 GB of text in one batch");
        if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
        int end = start, next = 0;
        var offsets = _offsets.AsSpan(Count + 1, rows);
        for (int row = 0; row < rows; row++)
        {
            if (levels.IsEmpty || levels[row] == present)
            {
                var text = values[next++].Span;
                if (uuid)
                {
                    new Guid(text, bigEndian: true).TryFormat(_bytes.AsSpan(end), out int written);
                    end += written;
                }
                else
                {
                    text.CopyTo(_bytes.AsSpan(end));
                    end += text.Length;
                }
            }
            offsets[row] = end;
        }
        if (!uuid && !anyBytes) RequireText(start, end, rows);
    }

    // All bytes in one go: they are text row by row if they are text together and no row begins inside of a character.
    private void RequireText(int start, int end, int rows)
    {
        bool valid = Utf8.IsValid(_bytes.AsSpan(start, end - start));
        var offsets = _offsets.AsSpan(Count, rows);
        for (int row = 0; valid && row < rows; row++)
            valid = offsets[row] == end || (_bytes[offsets[row]] & 0xC0) != 0x80;
        if (!valid) throw new InvalidDataException("it holds bytes that are not UTF-8 text; leave it out of the columns to read");
    }
}
