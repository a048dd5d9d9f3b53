using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>What each pair of a history counts when a linear model scores it.</summary>
/// <param name="UseValues">Whether an interaction's value counts, or 1 a pair.</param>
/// <param name="Decay">
/// Factor for each later visit of the user, above 0, at most 1: what came last counts most where taste moves on. 1 weighs all alike.
/// </param>
internal sealed record HistoryWeighting(bool UseValues, double Decay)
{
    /// <summary>
    /// Value (or 1) times <c>decay^age</c>; a pair's age is the number of distinct later times in its user's history, so that a basket ages as one.
    /// </summary>
    /// <exception cref="RunFailedException">There is a decay and the history has no times.</exception>
    public SparseRows Of(InteractionMatrix history)
    {
        var rows = history.ByUser;
        if (Decay == 1 && UseValues) return rows;
        var values = new float[rows.Count];
        if (UseValues) rows.Values.AsSpan(0, rows.Count).CopyTo(values);
        else Array.Fill(values, 1f);
        if (Decay != 1) Age(history, values);
        return new SparseRows(rows.Rows, rows.Columns, rows.Pointers, rows.Indices, values);
    }

    private void Age(InteractionMatrix history, float[] values)
    {
        if (history.LastSeen is null)
        {
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"a HistoryDecay of {Decay} needs the time of each pair, which these interactions lack; map a time or position column in ingest, "
                + $"or set HistoryDecay to 1"));
        }
        var times = new uint[Enumerable.Range(0, history.Users).Select(history.ByUser.RowLength).DefaultIfEmpty().Max()];
        for (int user = 0; user < history.Users; user++)
        {
            var seen = history.UserLastSeen(user);
            seen.CopyTo(times);
            int distinct = SortDistinct(times.AsSpan(0, seen.Length));
            var row = values.AsSpan(history.ByUser.Pointers[user], seen.Length);
            for (int k = 0; k < row.Length; k++)
            {
                int age = distinct - 1 - times.AsSpan(0, distinct).BinarySearch(seen[k]);
                // What is older than float32 can tell from nothing still counts as seen.
                row[k] *= (float)Math.Max(1e-30, Math.Pow(Decay, age));
            }
        }
    }

    private static int SortDistinct(Span<uint> times)
    {
        times.Sort();
        int kept = 0;
        for (int k = 0; k < times.Length; k++)
            if (k == 0 || times[k] != times[k - 1]) times[kept++] = times[k];
        return kept;
    }
}
