using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;

/// <summary>
/// A character map that SentencePiece compiled: a double-array trie (darts-clone) from UTF-8 to places in a block of zero-terminated texts. As in the
/// reference, a grapheme of fewer than 6 bytes is looked up as a whole first, then character by character, and the shortest entry that it starts with replaces
/// all of it.
/// </summary>
internal sealed class PrecompiledNormalizer : INormalizer
{
    private const int MaxWholeLength = 5;

    private readonly uint[] _units;
    private readonly byte[] _texts;

    /// <exception cref="FormatException">The map is not what SentencePiece writes.</exception>
    public PrecompiledNormalizer(byte[] map)
    {
        int trie = map.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(map) : -1;
        if (trie <= 0 || trie % 4 != 0 || trie > map.Length - 4) throw new FormatException($"a trie of {trie} bytes in a map of {map.Length}");
        _units = new uint[trie / 4];
        for (int i = 0; i < _units.Length; i++) _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map.AsSpan(4 + i * 4));
        _texts = map[(4 + trie)..];
    }

    public void Apply(TextBuffer buffer)
    {
        var text = buffer.Text;
        Span<byte> utf8 = stackalloc byte[MaxWholeLength + 4];
        for (int at = 0; at < text.Length;)
        {
            int length = StringInfo.GetNextTextElementLength(text[at..]);
            var grapheme = text.Slice(at, length);
            at += length;
            int bytes = length <= MaxWholeLength ? Encoding.UTF8.GetByteCount(grapheme) : int.MaxValue;
            if (bytes <= MaxWholeLength && Transform(utf8[..Encoding.UTF8.GetBytes(grapheme, utf8)], buffer)) continue;
            for (int i = 0; i < grapheme.Length;)
            {
                var rune = new Rune(TextBuffer.Next(grapheme, ref i));
                if (!Transform(utf8[..rune.EncodeToUtf8(utf8)], buffer)) buffer.AppendPoint(rune.Value);
            }
        }
        buffer.Commit();
    }

    private bool Transform(ReadOnlySpan<byte> chunk, TextBuffer buffer)
    {
        int at = ShortestPrefix(chunk);
        if (at < 0 || at > _texts.Length) return false;
        var rest = _texts.AsSpan(at);
        int end = rest.IndexOf((byte)0);
        foreach (var rune in Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]).EnumerateRunes()) buffer.AppendPoint(rune.Value);
        return true;
    }

    private int ShortestPrefix(ReadOnlySpan<byte> key)
    {
        long node = Offset(_units[0]);
        foreach (byte b in key)
        {
            if (b == 0) return -1;
            node ^= b;
            if (node >= _units.Length) return -1;
            uint unit = _units[node];
            if ((unit & 0x8000_00FF) != b) return -1;
            node ^= Offset(unit);
            if ((unit >> 8 & 1) != 0) return node < _units.Length ? (int)(_units[node] & 0x7FFF_FFFF) : -1;
        }
        return -1;
    }

    private static long Offset(uint unit) => (long)(unit >> 10) << (int)((unit & 1 << 9) >> 6);
}
