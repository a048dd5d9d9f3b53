namespace Recsys.Batch.Pipeline.Data;

/// <summary>Searches of known customers, one a row of the query log, by customer, second and text. Memory: 12 bytes a search, and the distinct texts.</summary>
/// <param name="Texts">Index into <paramref name="Queries"/>, by row.</param>
/// <param name="Queries">Distinct texts as they were typed, in ordinal order.</param>
internal sealed record QueryLog(int[] Users, uint[] Seconds, int[] Texts, IReadOnlyList<string> Queries)
{
    public int Count => Users.Length;

    /// <param name="rows">In any order.</param>
    public static QueryLog Of(IEnumerable<(int User, uint Second, string Query)> rows)
    {
        var sorted = rows.ToArray();
        string[] queries = [.. sorted.Select(r => r.Query).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = queries.Index().ToDictionary(q => q.Item, q => q.Index, StringComparer.Ordinal);
        var keys = Array.ConvertAll(sorted, r => (r.User, r.Second, Text: numbers[r.Query]));
        Array.Sort(keys);
        return new QueryLog([.. keys.Select(k => k.User)], [.. keys.Select(k => k.Second)], [.. keys.Select(k => k.Text)], queries);
    }
}
