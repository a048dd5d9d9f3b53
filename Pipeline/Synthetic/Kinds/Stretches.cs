namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>When a user is there: a stretch of the log, anywhere in it.</summary>
internal static class Stretches
{
    /// <summary>Ascending moments, evenly drawn within a stretch.</summary>
    /// <param name="share">Of the log's length, above 0, at most 1.</param>
    public static long[] Times(KindParameters parameters, int count, double share, ref CounterRandom random)
    {
        double length = parameters.Length * share;
        double from = random.Uniform() * (parameters.Length - length);
        var times = new long[count];
        for (int k = 0; k < count; k++) times[k] = parameters.Start + (long)(from + random.Uniform() * length);
        Array.Sort(times);
        return times;
    }
}
