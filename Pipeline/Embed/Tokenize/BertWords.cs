using Recsys.Batch.Pipeline.Embed.Tokenize.Models;
using Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;
using Recsys.Batch.Pipeline.Embed.Tokenize.Unicode;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>
/// <see cref="BertNormalizer"/> and BERT's pre-tokenizer in one pass, for texts of which each character becomes at most one by itself: nearly all. What the two
/// make of a character is asked of them beforehand, so this knows nothing of Unicode.
/// </summary>
internal sealed class BertWords
{
    private const int Part = 0, Blank = 1, Mark = 2, Dropped = 3, Beyond = 4;

    // What becomes of a UTF-16 unit: the unit it turns into, and above that its kind.
    private readonly int[] _fate = new int[0x10000];

    public BertWords(BertNormalizer normalizer)
    {
        var buffer = new TextBuffer();
        Span<char> unit = stackalloc char[1];
        for (int c = 0; c < _fate.Length; c++)
        {
            unit[0] = (char)c;
            if (char.IsSurrogate(unit[0]))
            {
                _fate[c] = Beyond << 16;
                continue;
            }
            buffer.Reset(unit);
            normalizer.Apply(buffer);
            _fate[c] = FateOf(buffer.Text);
        }
    }

    /// <returns>False where the text has a character that needs the whole way; <paramref name="ids"/> are as they were.</returns>
    /// <param name="word">Room for a word: as long as the text at least.</param>
    public bool TryEncode(ReadOnlySpan<char> text, Span<char> word, ITokenModel model, ref TokenIds ids)
    {
        int before = ids.Count, length = 0;
        Span<char> mark = stackalloc char[1];
        foreach (char c in text)
        {
            int status = _fate[c];
            switch (status >> 16)
            {
                case Part:
                    word[length++] = (char)status;
                    continue;
                case Dropped:
                    continue;
                case Beyond:
                    ids.CutTo(before);
                    return false;
            }
            if (length > 0) model.Encode(word[..length], ref ids);
            length = 0;
            if (status >> 16 == Mark)
            {
                mark[0] = (char)status;
                model.Encode(mark, ref ids);
            }
            if (ids.IsFull) return true;
        }
        if (length > 0) model.Encode(word[..length], ref ids);
        return true;
    }

    private static int FateOf(ReadOnlySpan<char> normalized)
    {
        if (normalized.IsEmpty) return Dropped << 16;
        if (normalized is [' ', char alone, ' '] && !CodePoints.IsWhitespace(alone)) return Mark << 16 | alone;
        if (normalized.Length > 1 || CodePoints.CombiningClass(normalized[0]) != 0) return Beyond << 16;
        char c = normalized[0];
        return (CodePoints.IsWhitespace(c) ? Blank : CodePoints.IsPunctuation(c) ? Mark : Part) << 16 | c;
    }
}
