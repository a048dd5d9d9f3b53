namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>Texts of one length that run together.</summary>
/// <param name="Texts">Indices of the texts.</param>
/// <param name="Rows">Rows that run: as many as texts, or more where padding fills up.</param>
internal sealed record TokenBatch(int Length, ArraySegment<int> Texts, int Rows);

/// <summary>
/// Packs texts into batches by their exact number of tokens, so no token of padding is computed unless <see cref="RowRule"/> asks for rows of it. The longest
/// come first.
/// </summary>
internal static class TokenBatches
{
    /// <param name="lengths">Tokens a text; 0 is left out.</param>
    /// <param name="tokens">Tokens a batch holds at most, but never fewer than one text.</param>
    public static IReadOnlyList<TokenBatch> Of(ReadOnlySpan<int> lengths, int tokens, RowRule rule)
    {
        var order = new int[lengths.Length];
        var keys = new long[lengths.Length];
        int count = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] == 0) continue;
            keys[count] = -((long)lengths[i] << 32) + i;
            order[count++] = i;
        }
        Array.Sort(keys, order, 0, count);
        var batches = new List<TokenBatch>();
        for (int at = 0; at < count;)
        {
            int length = lengths[order[at]], most = rule == RowRule.Alone ? 1 : Math.Max(rule == RowRule.Any ? 1 : 2, tokens / length), end = at + 1;
            while (end < count && end - at < most && lengths[order[end]] == length) end++;
            int rows = rule switch
            {
                RowRule.TwoOrMore => Math.Max(2, end - at),
                RowRule.Full => most,
                _ => end - at,
            };
            batches.Add(new TokenBatch(length, new ArraySegment<int>(order, at, end - at), rows));
            at = end;
        }
        return batches;
    }
}
