using System.Buffers;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Models;

/// <summary>
/// Unigram (Kudo 2018): the segmentation of the greatest summed log-probability, by Viterbi. A character that no token covers alone costs 10 more than the
/// rarest token; runs of such characters are one unknown token, or their UTF-8 bytes where the model falls back to bytes.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;

    private readonly VocabularyTrie _vocabulary = new();
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly int[]? _bytes;

    /// <param name="unknown">The id of the unknown token; -1 where the model has none, and drops what it does not know.</param>
    public UnigramModel(IReadOnlyList<(string Token, double Score)> vocabulary, int unknown, bool byteFallback)
    {
        _scores = [.. vocabulary.Select(v => v.Score)];
        for (int id = 0; id < vocabulary.Count; id++) _vocabulary.Set(vocabulary[id].Token, id);
        _unknownScore = _scores.Min() - UnknownPenalty;
        _unknown = unknown;
        if (byteFallback) _bytes = ByteTokens.Of(_vocabulary);
    }

    public VocabularyTrie Vocabulary => _vocabulary;

    public int Unknown => _unknown;

    public void Encode(scoped ReadOnlySpan<char> piece, ref TokenIds ids)
    {
        int length = piece.Length;
        var scores = ArrayPool<double>.Shared.Rent(length + 1);
        var steps = ArrayPool<(int From, int Id)>.Shared.Rent(length + 1);
        Search(piece, scores, steps);

        // The way back, turned round in place: steps[at] then tells where the token that starts at `at` ends.
        int next = -1;
        for (int at = length; at >= 0;)
        {
            var (from, id) = steps[at];
            steps[at].From = next;
            next = at;
            if (at == 0) break;
            steps[at].Id = id;
            at = from;
        }
        Write(piece, steps, ref ids);
        ArrayPool<(int From, int Id)>.Shared.Return(steps);
        ArrayPool<double>.Shared.Return(scores);
    }

    /// <summary>For every end of a token, the best way there: where its last token starts, and its id.</summary>
    private void Search(ReadOnlySpan<char> piece, double[] scores, (int From, int Id)[] steps)
    {
        steps.AsSpan(0, piece.Length + 1).Fill((-1, _unknown));
        scores[0] = 0;
        for (int from = 0; from < piece.Length;)
        {
            int character = char.IsHighSurrogate(piece[from]) && from + 1 < piece.Length ? 2 : 1;
            double here = scores[from];
            bool alone = false;
            for (int at = from, node = VocabularyTrie.Root; at < piece.Length;)
            {
                node = _vocabulary.Step(node, piece[at++]);
                if (node == VocabularyTrie.None) break;
                int id = _vocabulary.IdAt(node);
                if (id < 0) continue;
                Offer(at, from, id, here + _scores[id], scores, steps);
                alone |= at - from == character;
            }
            if (!alone) Offer(from + character, from, _unknown, here + _unknownScore, scores, steps);
            from += character;
        }
    }

    private static void Offer(int at, int from, int id, double score, double[] scores, (int From, int Id)[] steps)
    {
        if (steps[at].From >= 0 && score <= scores[at]) return;
        scores[at] = score;
        steps[at] = (from, id);
    }

    private void Write(scoped ReadOnlySpan<char> piece, (int From, int Id)[] steps, ref TokenIds ids)
    {
        for (int from = 0; from < piece.Length && !ids.IsFull;)
        {
            int to = steps[from].From;
            int id = steps[to].Id;
            if (id == _unknown)
            {
                while (to < piece.Length && steps[steps[to].From].Id == _unknown) to = steps[to].From;
                WriteUnknown(piece[from..to], ref ids);
            }
            else ids.Add(id);
            from = to;
        }
    }

    private void WriteUnknown(scoped ReadOnlySpan<char> run, ref TokenIds ids)
    {
        int id = _vocabulary.IdOf(run);
        if (id < 0 && _bytes is not null)
        {
            Span<byte> utf8 = stackalloc byte[4];
            foreach (var rune in run.EnumerateRunes())
                foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)]) ids.Add(_bytes[b]);
            return;
        }
        if (id < 0) id = _unknown;
        if (id >= 0) ids.Add(id);
    }
}
