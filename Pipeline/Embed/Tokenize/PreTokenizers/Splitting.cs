namespace Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

/// <summary>What becomes of the matches at which a text is cut.</summary>
internal enum SplitBehavior
{
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// <summary>Cuts pieces at matches.</summary>
internal static class Splitting
{
    /// <param name="matches">Ascending, apart from each other.</param>
    public static void Cut(Pieces pieces, ReadOnlySpan<char> piece, List<(int From, int To)> matches, SplitBehavior behavior, bool invert = false)
    {
        var parts = Parts(piece.Length, matches, invert);
        switch (behavior)
        {
            case SplitBehavior.Removed:
                foreach (var part in parts)
                    if (!part.Match) pieces.Append(piece[part.From..part.To]);
                break;
            case SplitBehavior.Isolated:
                foreach (var part in parts) pieces.Append(piece[part.From..part.To]);
                break;
            case SplitBehavior.Contiguous:
                for (int i = 0; i < parts.Count;)
                {
                    int first = i;
                    while (i < parts.Count && parts[i].Match == parts[first].Match) i++;
                    pieces.Append(piece[parts[first].From..parts[i - 1].To]);
                }
                break;
            default:
                foreach (var (from, to) in Merged(parts, behavior == SplitBehavior.MergedWithNext)) pieces.Append(piece[from..to]);
                break;
        }
    }

    private static List<(int From, int To, bool Match)> Parts(int length, List<(int From, int To)> matches, bool invert)
    {
        var parts = new List<(int, int, bool)>(2 * matches.Count + 1);
        int done = 0;
        foreach (var (from, to) in matches)
        {
            if (from > done) parts.Add((done, from, invert));
            parts.Add((from, to, !invert));
            done = to;
        }
        if (done < length) parts.Add((done, length, invert));
        return parts;
    }

    /// <summary>A match joins the neighbor on one side, unless that is where another match stands.</summary>
    private static List<(int From, int To)> Merged(List<(int From, int To, bool Match)> parts, bool withNext)
    {
        var merged = new List<(int From, int To)>();
        if (withNext) parts.Reverse();
        bool afterMatch = false;
        foreach (var (from, to, match) in parts)
        {
            if (match && !afterMatch && merged.Count > 0)
            {
                var last = merged[^1];
                merged[^1] = withNext ? (from, last.To) : (last.From, to);
            }
            else merged.Add((from, to));
            afterMatch = match;
        }
        if (withNext) merged.Reverse();
        return merged;
    }
}
