using System.Text;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Models;

/// <summary>What a byte-pair model may do beside merging.</summary>
/// <param name="Unknown">-1 where there is none: unknown characters are dropped.</param>
/// <param name="FuseUnknown">A run of unknown characters is one unknown token.</param>
/// <param name="WholeWords">A word that is a token as it stands is not merged up to (<c>ignore_merges</c>).</param>
internal sealed record BytePairOptions(int Unknown, bool FuseUnknown, bool ByteFallback, bool WholeWords, string ContinuingPrefix, string WordEnd);

/// <summary>
/// Byte-pair encoding (Sennrich et al. 2016): the characters of a word, of which the pair that was learned first is merged, the leftmost of equal ones, until
/// no pair is known.
/// </summary>
internal sealed class BytePairModel : ITokenModel
{
    private readonly VocabularyTrie _vocabulary;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Merged)> _merges;
    private readonly BytePairOptions _options;
    private readonly int[]? _bytes;

    public BytePairModel(VocabularyTrie vocabulary, Dictionary<(int, int), (int, int)> merges, BytePairOptions options)
    {
        _vocabulary = vocabulary;
        _merges = merges;
        _options = options;
        if (options.ByteFallback) _bytes = ByteTokens.Of(vocabulary);
    }

    public int Unknown => _options.Unknown;

    public void Encode(scoped ReadOnlySpan<char> piece, ref TokenIds ids)
    {
        if (piece.IsEmpty) return;
        if (_options.WholeWords && _vocabulary.IdOf(piece) is >= 0 and int whole)
        {
            ids.Add(whole);
            return;
        }
        var symbols = new List<int>(piece.Length);
        Characters(piece, symbols);
        Merge(symbols, ref ids);
    }

    private void Characters(ReadOnlySpan<char> piece, List<int> symbols)
    {
        bool unknownBefore = false;
        Span<byte> utf8 = stackalloc byte[4];
        for (int at = 0; at < piece.Length;)
        {
            int from = at;
            int point = TextBuffer.Next(piece, ref at);
            var character = piece[from..at];
            string? decorated = from > 0 && _options.ContinuingPrefix.Length > 0 || at == piece.Length && _options.WordEnd.Length > 0
                ? (from > 0 ? _options.ContinuingPrefix : "") + character.ToString() + (at == piece.Length ? _options.WordEnd : "")
                : null;
            int id = _vocabulary.IdOf(decorated ?? character);
            if (id >= 0) symbols.Add(id);
            else if (_bytes is not null)
                foreach (byte b in utf8[..new Rune(point).EncodeToUtf8(utf8)]) symbols.Add(_bytes[b]);
            else if (_options.Unknown >= 0)
            {
                if (!(unknownBefore && _options.FuseUnknown)) symbols.Add(_options.Unknown);
                unknownBefore = true;
                continue;
            }
            unknownBefore = false;
        }
    }

    private void Merge(List<int> symbols, ref TokenIds ids)
    {
        int n = symbols.Count;
        var next = new int[n];
        var before = new int[n];
        var queue = new PriorityQueue<(int At, int Merged), (int Rank, int At)>();
        for (int i = 0; i < n; i++)
        {
            next[i] = i + 1 < n ? i + 1 : -1;
            before[i] = i - 1;
            Offer(i);
        }
        while (queue.TryDequeue(out var pair, out _))
        {
            int at = pair.At;
            if (symbols[at] < 0 || next[at] < 0) continue;
            int right = next[at];
            if (!_merges.TryGetValue((symbols[at], symbols[right]), out var merge) || merge.Merged != pair.Merged) continue;
            symbols[at] = merge.Merged;
            symbols[right] = -1;
            next[at] = next[right];
            if (next[at] >= 0) before[next[at]] = at;
            if (before[at] >= 0) Offer(before[at]);
            Offer(at);
        }
        foreach (int symbol in symbols)
            if (symbol >= 0) ids.Add(symbol);

        void Offer(int at)
        {
            if (next[at] >= 0 && _merges.TryGetValue((symbols[at], symbols[next[at]]), out var merge)) queue.Enqueue((at, merge.Merged), (merge.Rank, at));
        }
    }
}
