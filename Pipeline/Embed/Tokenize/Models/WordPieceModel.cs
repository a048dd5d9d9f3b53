namespace Recsys.Batch.Pipeline.Embed.Tokenize.Models;

/// <summary>
/// WordPiece (Wu et al. 2016, as BERT uses it): the longest piece of the vocabulary that a word starts with, then the longest continuing piece that the rest
/// starts with, and so on; the unknown token for the word as a whole where a rest starts with none, or where the word is too long.
/// </summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly VocabularyTrie _vocabulary;
    private readonly int _continuing;
    private readonly int _unknown;
    private readonly int _longestWord;

    /// <param name="continuingPrefix">What stands before a piece that starts no word: <c>##</c>.</param>
    /// <param name="longestWord">Code points of a word that is still looked up.</param>
    public WordPieceModel(VocabularyTrie vocabulary, string continuingPrefix, int unknown, int longestWord)
    {
        _vocabulary = vocabulary;
        _continuing = vocabulary.Find(continuingPrefix);
        _unknown = unknown;
        _longestWord = longestWord;
    }

    public int Unknown => _unknown;

    public void Encode(scoped ReadOnlySpan<char> piece, ref TokenIds ids)
    {
        if (piece.Length > _longestWord && Points(piece) > _longestWord)
        {
            ids.Add(_unknown);
            return;
        }
        int before = ids.Count;
        for (int from = 0, start = VocabularyTrie.Root; from < piece.Length; start = _continuing)
        {
            int id = VocabularyTrie.None, end = from, node = start;
            for (int at = from; at < piece.Length && node != VocabularyTrie.None;)
            {
                node = _vocabulary.Step(node, piece[at++]);
                if (node == VocabularyTrie.None || _vocabulary.IdAt(node) is not (>= 0 and int found)) continue;
                id = found;
                end = at;
            }
            if (id < 0)
            {
                ids.CutTo(before);
                ids.Add(_unknown);
                return;
            }
            ids.Add(id);
            from = end;
        }
    }

    private static int Points(ReadOnlySpan<char> text)
    {
        int points = 0;
        foreach (char c in text)
            if (!char.IsLowSurrogate(c)) points++;
        return points;
    }
}
