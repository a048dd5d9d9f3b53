namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// The chance of an event as a function of a score that never falls: pool adjacent violators (Ayer et al. 1955; for calibration Zadrozny and Elkan 2002), a
/// line between the means of neighboring pools, flat beyond the first and the last.
/// </summary>
/// <param name="Scores">Mean score of each pool, ascending.</param>
/// <param name="Chances">Chance of each pool, ascending, above 0 and below 1.</param>
internal sealed record IsotonicRegression(float[] Scores, float[] Chances)
{
    /// <param name="scores">Finite.</param>
    /// <param name="happened">Aligned; at least one.</param>
    /// <param name="exposures">
    /// Aligned: what each case counts for, above 0, where an event is not as likely to be seen in all of them. Chances are then events by exposure. Null: 1
    /// each.
    /// </param>
    public static IsotonicRegression Of(float[] scores, bool[] happened, double[]? exposures = null)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(happened.Length, scores.Length);
        ArgumentOutOfRangeException.ThrowIfZero(scores.Length);
        var sorted = (float[])scores.Clone();
        int[] order = [.. Enumerable.Range(0, scores.Length)];
        Array.Sort(sorted, order);
        double share = Math.Min(1, happened.Count(h => h) / (exposures?.Sum() ?? happened.Length));
        var pools = new List<Pool>();
        for (int from = 0; from < sorted.Length;)
        {
            // Equal scores have one chance.
            int to = from;
            double hits = 0, count = 0;
            for (; to < sorted.Length && sorted[to] == sorted[from]; to++)
            {
                if (happened[order[to]]) hits++;
                count += exposures?[order[to]] ?? 1;
            }
            pools.Add(new Pool(hits, count, sorted[from] * count));
            from = to;
            while (pools.Count > 1 && pools[^2].Hits * pools[^1].Count >= pools[^1].Hits * pools[^2].Count)
            {
                pools[^2] = pools[^2].With(pools[^1]);
                pools.RemoveAt(pools.Count - 1);
            }
        }
        // One case more in each, as likely as all cases are, keeps chances off 0 and 1; a running maximum keeps them ascending.
        var chances = new float[pools.Count];
        double highest = 0;
        for (int k = 0; k < chances.Length; k++)
            chances[k] = (float)(highest = Math.Max(highest, Math.Min(1 - 1e-9, (pools[k].Hits + Math.Clamp(share, 1e-9, 1 - 1e-9)) / (pools[k].Count + 1))));
        return new IsotonicRegression([.. pools.Select(p => (float)(p.Scores / p.Count))], chances);
    }

    public double At(float score)
    {
        int at = Array.BinarySearch(Scores, score);
        if (at >= 0) return Chances[at];
        at = ~at;
        if (at == 0) return Chances[0];
        if (at == Scores.Length) return Chances[^1];
        double part = ((double)score - Scores[at - 1]) / ((double)Scores[at] - Scores[at - 1]);
        return Chances[at - 1] + part * (Chances[at] - Chances[at - 1]);
    }

    private readonly record struct Pool(double Hits, double Count, double Scores)
    {
        public Pool With(Pool next) => new(Hits + next.Hits, Count + next.Count, Scores + next.Scores);
    }
}
