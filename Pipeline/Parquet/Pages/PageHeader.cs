using Recsys.Batch.Pipeline.Parquet.Thrift;

namespace Recsys.Batch.Pipeline.Parquet.Pages;

internal enum PageKind
{
    Data,
    Index,
    Dictionary,
    DataV2,
}

/// <summary>How a page's values are written (numbers of the format).</summary>
internal enum PageEncoding
{
    Plain = 0,
    PlainDictionary = 2,
    Rle = 3,
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}

/// <summary>What stands before a page.</summary>
/// <param name="HeaderBytes">Its own length.</param>
/// <param name="Bytes">Of the page as stored.</param>
/// <param name="Uncompressed">Of the page as its codec gives it back; of version 2 with the levels, which are not compressed.</param>
/// <param name="DefinitionBytes">Of version 2 the length of the definition levels.</param>
/// <param name="Checksum">CRC-32 of the page as stored, where its writer gave one.</param>
internal readonly record struct PageHeader(
    int HeaderBytes, PageKind Kind, int Bytes, int Uncompressed, int Values, PageEncoding Encoding, PageEncoding LevelEncoding, int DefinitionBytes,
    int RepetitionBytes, bool Compressed, uint? Checksum)
{
    public bool IsData => Kind is PageKind.Data or PageKind.DataV2;

    public bool UsesDictionary => Encoding is PageEncoding.PlainDictionary or PageEncoding.RleDictionary;

    /// <exception cref="InvalidDataException">The bytes end early, or are no header.</exception>
    public static PageHeader Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new ThriftReader(bytes);
        long kind = -1, stored = -1, uncompressed = -1;
        Content content = default;
        uint? checksum = null;
        for (int id = 0; reader.Field(ref id, out int type);)
            switch (id)
            {
                case 1: kind = reader.Integer(); break;
                case 2: uncompressed = reader.Integer(); break;
                case 3: stored = reader.Integer(); break;
                case 4: checksum = (uint)reader.Integer(); break;
                case 5 or 7 when type == ThriftReader.Struct: content = Content.Of(ref reader, encoding: 2, levels: id == 5 ? 3 : 0); break;
                case 8 when type == ThriftReader.Struct: content = Content.OfVersion2(ref reader); break;
                default: reader.Skip(type); break;
            }
        if (kind is < 0 or > 3) throw new InvalidDataException($"a page is of kind {kind}; expected 0 to 3");
        return new PageHeader(reader.Position, (PageKind)kind, Size(stored), Size(uncompressed), Size(content.Values), (PageEncoding)content.Encoding,
            (PageEncoding)content.Levels, Size(content.DefinitionBytes), Size(content.RepetitionBytes), !content.NotCompressed, checksum);
    }

    private static int Size(long value) =>
        value is >= 0 and <= int.MaxValue ? (int)value : throw new InvalidDataException($"a page's header says {value}; expected 0 to {int.MaxValue}");

    private record struct Content(long Values, long Encoding, long Levels, long DefinitionBytes, long RepetitionBytes, bool NotCompressed)
    {
        public static Content Of(ref ThriftReader reader, int encoding, int levels)
        {
            var content = new Content { Levels = (long)PageEncoding.Rle };
            for (int id = 0; reader.Field(ref id, out int type);)
                if (id == 1) content.Values = reader.Integer();
                else if (id == encoding) content.Encoding = reader.Integer();
                else if (id == levels && levels > 0) content.Levels = reader.Integer();
                else reader.Skip(type);
            return content;
        }

        public static Content OfVersion2(ref ThriftReader reader)
        {
            var content = new Content { Levels = (long)PageEncoding.Rle };
            for (int id = 0; reader.Field(ref id, out int type);)
                switch (id)
                {
                    case 1: content.Values = reader.Integer(); break;
                    case 4: content.Encoding = reader.Integer(); break;
                    case 5: content.DefinitionBytes = reader.Integer(); break;
                    case 6: content.RepetitionBytes = reader.Integer(); break;
                    case 7: content.NotCompressed = type == ThriftReader.False; break;
                    default: reader.Skip(type); break;
                }
            return content;
        }
    }
}
