using System.Runtime.CompilerServices;
using System.Text.Unicode;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet.Footer;
using Recsys.Batch.Pipeline.Parquet.Pages;

namespace Recsys.Batch.Pipeline.Parquet.Columns;

/// <summary>
/// Text as UTF-8, checked to be that unless <paramref name="anyBytes"/> leaves it to the consumer. Pages that refer to a dictionary give its codes, and a row
/// costs no byte of text; a batch then ends where the dictionary does. Of deltas and UUIDs the library gives an array of bytes a value; no string either way.
/// </summary>
internal sealed class TextSource(ColumnField field, int capacity, ChunkReader chunks, Leaf leaf, SemaphoreSlim? turns, bool uuid, bool anyBytes = false)
    : FlatSource<TextRun>(field, capacity, chunks, leaf, turns)
{
    private const int MaxTextBytes = 64 << 20;
    private const int UuidLength = 36;

    private readonly int[] _offsets = new int[capacity + 1];
    private readonly int[] _codes = new int[capacity];
    private byte[] _bytes = [];
    private TextDictionary? _dictionary;
    private int _codedBytes;

    public override int TextBytes => _dictionary is null ? _offsets[Count] : _codedBytes;

    public override bool Joins => Count == 0 || ReferenceEquals(_dictionary, Shared);

    private TextDictionary? Shared => Run.IsShared ? Run.Texts : null;

    /// <summary>Whether a column of texts may come as codes.</summary>
    public static bool TakesCodes(StoredColumn column) =>
        column is { Leaf: { MaxRepetition: 0, Element.Type: PhysicalType.Bytes }, Field: { Type: ColumnType.Utf8, IsDigits: false } };

    public override Column ToColumn() =>
        _dictionary is null ? new Utf8Column(Field, Count, _offsets, _bytes, Validity) : new Utf8Column(Field, Count, _dictionary, _codes, Validity);

    public override void Clear()
    {
        base.Clear();
        (_dictionary, _codedBytes) = (null, 0);
    }

    // A row that is longer than all a batch may have comes alone.
    protected override int Fitting(int rows)
    {
        if (Run.Texts is { } texts && (long)rows * texts.Longest <= MaxTextBytes) return rows;
        var levels = LevelsAhead;
        long bytes = 0;
        for (int row = 0, value = NextValue; row < rows; row++)
        {
            if (!levels.IsEmpty && levels[row] != Present) continue;
            bytes += uuid ? UuidLength : Run.Texts is { } dictionary ? dictionary[Run.Codes[value]].Length : Run.Values[value].Length;
            value++;
            if (bytes > MaxTextBytes) return Math.Max(1, row);
        }
        return rows;
    }

    protected override void Put(int count, ReadOnlySpan<int> levels, int rows)
    {
        if (Run.Texts is not { } texts) PutValues(Run.Values.AsSpan(NextValue, count), levels, rows);
        else if (!anyBytes && !texts.IsUtf8 && !AllUtf8(texts, Run.Codes.AsSpan(NextValue, count))) Require(false);
        else if (Run.IsShared) PutCodes(texts, Run.Codes.AsSpan(NextValue, count), levels, rows);
        else PutTexts(texts, count, levels, rows);
    }

    private static bool AllUtf8(TextDictionary texts, ReadOnlySpan<int> codes)
    {
        foreach (int code in codes)
            if (!Utf8.IsValid(texts[code])) return false;
        return true;
    }

    private void PutCodes(TextDictionary texts, ReadOnlySpan<int> codes, ReadOnlySpan<int> levels, int rows)
    {
        _dictionary = texts;
        // What the rows would take as texts, since a consumer may want them so: at most that, or exactly where it is much.
        long most = (long)rows * texts.Longest;
        if (most > MaxTextBytes)
        {
            most = 0;
            foreach (int code in codes) most += texts[code].Length;
        }
        _codedBytes += (int)most;
        var into = _codes.AsSpan(Count, rows);
        codes.CopyTo(into);
        Spread(into, codes.Length, levels, -1);
    }

    private void PutTexts(TextDictionary texts, int count, ReadOnlySpan<int> levels, int rows)
    {
        var bytes = texts.Range(NextValue, count);
        int end = _offsets[Count], next = NextValue, present = Present;
        Reserve((long)end + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(end));
        var offsets = _offsets.AsSpan(Count + 1, rows);
        for (int row = 0; row < rows; row++)
        {
            if (levels.IsEmpty || levels[row] == present) end += texts[next++].Length;
            offsets[row] = end;
        }
    }

    private void Reserve(long bytes)
    {
        if (bytes > Array.MaxLength) throw new InvalidDataException("more than 2 GB of text in one batch");
        if (bytes > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(bytes, _bytes.Length * 2L)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PutValues(ReadOnlySpan<ReadOnlyMemory<byte>> values, ReadOnlySpan<int> levels, int rows)
    {
        int start = _offsets[Count], present = Present;
        long needed = start;
        foreach (var value in values) needed += uuid ? UuidLength : value.Length;
        Reserve(needed);
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
        Require(valid);
    }

    private static void Require(bool valid)
    {
        if (!valid) throw new InvalidDataException("it holds bytes that are not UTF-8 text; leave it out of the columns to read");
    }
}
