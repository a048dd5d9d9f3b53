using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet.Columns;
using Recsys.Batch.Pipeline.Parquet.Footer;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

/// <summary>Walks the pages of one column through all row groups and gathers them into runs, each page held to what its header and the footer say.</summary>
internal sealed class ChunkReader(PageSource source, string column, Leaf leaf, MemoryBudget budget, bool verifyChecksums, CancellationToken cancellation)
    : IDisposable
{
    /// <summary>Values of a run, unless its last page has more.</summary>
    private const int RunValues = 1 << 17;

    private const int RunBytes = 16 << 20;

    private readonly PageCodec _codec = new();
    private readonly PageWindow _window = new(source.Handle, source.Footer.PagesEnd);
    private readonly PageRun _run = new(leaf);
    private byte[] _page = [];
    private byte[] _dictionary = [];
    private int _dictionaryBytes, _dictionaryValues;
    private bool _hasDictionary;
    private TextDictionary? _texts;
    private int _group = -1;
    private long _at, _left;
    private long _charged;

    /// <summary>Whether pages that refer to a dictionary of texts come as its codes; pages of another kind then begin a run of their own.</summary>
    public bool GivesCodes { get; init; }

    /// <summary>The next run, valid until the one after it is asked for; null at the file's end.</summary>
    /// <exception cref="ParquetFileException">Pages are not what headers and footer say, or too large.</exception>
    public PageRun? Next()
    {
        while (_left == 0)
        {
            if (++_group == source.Footer.Groups.Count) return null;
            Enter(source.Footer.Groups[_group]);
        }
        _run.Clear();
        _run.Group = _group;
        try
        {
            while (_left > 0 && _run.Values < Math.Max(RunValues, 4 * _dictionaryValues) && _run.Held < RunBytes)
                if (!Take()) break;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            throw Damaged($"{e.Message} (page at byte {_at})", e);
        }
        _run.EndsGroup = _left == 0;
        Charge();
        _run.Complete();
        return _run;
    }

    public void Dispose() => _codec.Dispose();

    public ParquetFileException Damaged(string what, Exception? inner = null) =>
        Refused(what + "; the file is corrupt or was written wrongly; download or export it again", inner);

    /// <summary>What is wrong with the column, where that is not the file's fault alone.</summary>
    public ParquetFileException Refused(string what, Exception? inner = null) =>
        new(source.File, string.Create(CultureInfo.InvariantCulture, $"column '{column}', row group {Math.Max(_group, 0)}: {what}"), inner);

    private void Enter(RowGroup group)
    {
        var chunk = group.Columns[leaf.Index];
        if (chunk.Encrypted)
            throw new ParquetFileException(source.File, $"column '{column}' is encrypted; decrypt the file before it is read here, or leave the column out");
        if (chunk.OtherFile is not null)
        {
            throw new ParquetFileException(
                source.File, $"column '{column}' lies in another file ('{chunk.OtherFile}'); expected one file that holds all of its columns");
        }
        if (!PageCodec.Knows(chunk.Codec))
        {
            throw Refused(
                $"compressed with {PageCodec.Name(chunk.Codec)}; expected none, SNAPPY, GZIP, BROTLI, LZ4, ZSTD or LZ4_RAW. Write the file with one of those");
        }
        if (chunk.Type != leaf.Element.Type) throw Damaged($"its values are {chunk.Type}; its schema says {leaf.Element.Type}");
        if (leaf.MaxRepetition == 0 && chunk.Values != group.Rows) throw Damaged($"it has {chunk.Values} values; the row group has {group.Rows} rows");
        (_at, _left, _hasDictionary, _dictionaryValues, _texts) = (chunk.Start, chunk.Values, false, 0, null);
    }

    /// <summary>One page; false where it belongs to the next run.</summary>
    private bool Take()
    {
        cancellation.ThrowIfCancellationRequested();
        var header = _window.Header(_at);
        int codec = source.Footer.Groups[_group].Columns[leaf.Index].Codec;
        long next = _at + header.HeaderBytes + header.Bytes;
        if (next > source.Footer.PagesEnd) throw new InvalidDataException($"a page of {header.Bytes} bytes reaches beyond the last that a page can have");
        if (!header.IsData)
        {
            if (header.Kind == PageKind.Dictionary) TakeDictionary(header, codec);
            _at = next;
            return true;
        }
        if (header.Values > _left) throw new InvalidDataException($"a page has {header.Values} values; {_left} are left of the column's");
        if (header.UsesDictionary && !_run.HasDictionary)
        {
            if (_run.Values > 0) return false;
            if (_texts is not null) _run.AddCodes(_texts);
            else if (_hasDictionary) _run.AddDictionary(_dictionary.AsSpan(0, _dictionaryBytes), _dictionaryValues);
        }
        // Texts are taken as they are stored, so pages that store them otherwise begin another run.
        else if (GivesCodes && _run.Values > 0 && _run.Kind != Kind(header.Encoding)) return false;
        // An empty page still moves on by its header.
        if (header.Values > 0) TakeData(header, codec);
        _left -= header.Values;
        _at = next;
        return true;
    }

    private void TakeDictionary(in PageHeader header, int codec)
    {
        if (_hasDictionary) throw new InvalidDataException("there are two dictionaries");
        if (header.Encoding is not (PageEncoding.Plain or PageEncoding.PlainDictionary))
            throw new InvalidDataException($"a dictionary is encoded as {header.Encoding}; expected PLAIN");
        var bytes = Content(header, codec, ref _dictionary);
        PageShape.Require(bytes, PageEncoding.Plain, leaf.Element.Type!.Value, leaf.Element.TypeLength, header.Values);
        (_hasDictionary, _dictionaryBytes, _dictionaryValues) = (true, bytes.Length, header.Values);
        if (!GivesCodes) return;
        Reserve(header.Bytes + 2L * header.Uncompressed + 10L * header.Values);
        var texts = new PlainTexts();
        texts.Add(bytes, header.Values);
        _texts = texts.Take();
    }

    private void TakeData(in PageHeader header, int codec)
    {
        var page = (ReadOnlySpan<byte>)Content(header, codec, ref _page);
        var repetition = ReadOnlySpan<byte>.Empty;
        var definition = ReadOnlySpan<byte>.Empty;
        if (leaf.MaxDefinition > 0 && header.LevelEncoding != PageEncoding.Rle)
            throw new InvalidDataException($"levels are encoded as {header.LevelEncoding}; expected RLE");
        if (leaf.MaxRepetition > 0) repetition = Levels(ref page, header.Kind == PageKind.DataV2 ? header.RepetitionBytes : null);
        else if (header.Kind == PageKind.DataV2) page = page[header.RepetitionBytes..];
        if (leaf.MaxDefinition > 0) definition = Levels(ref page, header.Kind == PageKind.DataV2 ? header.DefinitionBytes : null);
        else if (header.Kind == PageKind.DataV2) page = page[header.DefinitionBytes..];

        int present = leaf.MaxDefinition == 0
            ? header.Values
            : LevelRuns.Count(definition, PageRun.LevelBits(leaf.MaxDefinition), header.Values, leaf.MaxDefinition);
        if (leaf.MaxRepetition > 0) LevelRuns.Count(repetition, PageRun.LevelBits(leaf.MaxRepetition), header.Values, 0);
        var encoding = header.Encoding;
        if (present == 0)
        {
            encoding = PageEncoding.Plain;
            page = [];
        }
        else if (header.UsesDictionary && !_hasDictionary) throw new InvalidDataException("a page refers to a dictionary that is not there");
        else if (encoding == PageEncoding.Rle)
        {
            if (leaf.Element.Type != PhysicalType.Boolean)
                throw new InvalidDataException($"values of type {leaf.Element.Type} are encoded as RLE, which is for booleans alone");
            page = Levels(ref page, null);
        }
        if (!PageShape.Decodes(encoding, leaf.Element.Type!.Value))
        {
            throw Refused(
                $"values of type {leaf.Element.Type} are encoded as {encoding}, which Parquet.Net does not decode; write the file with PLAIN or a dictionary");
        }
        PageShape.Require(page, encoding, leaf.Element.Type!.Value, leaf.Element.TypeLength, present);
        if (GivesCodes && present > 0 && encoding == PageEncoding.Plain) _run.AddTexts(definition, page, header.Values, present);
        else _run.AddData(repetition, definition, page, encoding, header.Values, present);
    }

    private static ValueKind Kind(PageEncoding encoding) => encoding switch
    {
        PageEncoding.PlainDictionary or PageEncoding.RleDictionary => ValueKind.Codes,
        PageEncoding.Plain => ValueKind.Numbers,
        _ => ValueKind.Stored,
    };

    private static ReadOnlySpan<byte> Levels(scoped ref ReadOnlySpan<byte> page, int? known)
    {
        int length = known ?? BinaryPrimitives.ReadInt32LittleEndian(page);
        if (known is null) page = page[4..];
        if (length < 0 || length > page.Length) throw new InvalidDataException($"levels take {length} bytes; the page has {page.Length} left");
        var levels = page[..length];
        page = page[length..];
        return levels;
    }

    // Levels of version 2 stand before what is compressed.
    private Span<byte> Content(scoped in PageHeader header, int codec, scoped ref byte[] into)
    {
        Reserve(header.Bytes + (long)header.Uncompressed);
        var stored = _window.Bytes(_at + header.HeaderBytes, header.Bytes);
        if (verifyChecksums && header.Checksum is { } expected && Crc32.HashToUInt32(stored) is var found && found != expected)
            throw new InvalidDataException($"the page has checksum {found:x8}, but its header says {expected:x8}");
        if (into.Length < header.Uncompressed)
            into = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(header.Uncompressed, into.Length * 2L)));
        var page = into.AsSpan(0, header.Uncompressed);
        int bare = header.Kind == PageKind.DataV2 ? checked(header.RepetitionBytes + header.DefinitionBytes) : 0;
        if (bare > stored.Count || bare > page.Length)
            throw new InvalidDataException($"levels take {bare} bytes; the page has {Math.Min(stored.Count, page.Length)}");
        stored.AsSpan(0, bare).CopyTo(page);
        // Some writers compress nothing into something.
        if (page.Length > bare)
            _codec.Decompress(header.Compressed ? codec : 0, stored.Array!, stored.Offset + bare, stored.Count - bare, page[bare..]);
        return page;
    }

    // One run is read while the next is decoded.
    private void Charge() => Reserve(
        _run.Length + 3 * (_run.Held - _run.Length) + 2L * _run.Values * ((leaf.Element.Type is PhysicalType.Bytes or PhysicalType.FixedBytes
            ? 24
            : 12) + (leaf.MaxDefinition + leaf.MaxRepetition > 0 ? 8 : 0)));

    // Buffers keep the size of the largest page, so what is charged is never given back before the end.
    private void Reserve(long bytes)
    {
        if (bytes <= _charged) return;
        budget.Charge(column, Math.Max(_group, 0), bytes, _charged);
        _charged = bytes;
    }
}
