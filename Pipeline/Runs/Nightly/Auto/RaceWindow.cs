using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Auto;

/// <summary>A window of its own for pairs that come without one: the last of them by time, by each user's order, or some of each user's.</summary>
internal static class RaceWindow
{
    private const double Share = 0.1;

    /// <summary>The window, and in words which.</summary>
    public static (HoldOut Window, string Name) Of(InteractionMatrix interactions, ulong seed)
    {
        if (interactions.LastSeen is not { Length: > 0 } seen)
            return (RandomHoldOut.Split(interactions, Share, seed), "a tenth of each user's pairs at random, since the pairs have no times");
        if (!TrendFactors.Applies(interactions)) return (Split(interactions, LastOfEach(interactions), 0), "each user's last pair");
        var sorted = (uint[])seen.Clone();
        Array.Sort(sorted);
        uint cut = sorted[(int)((sorted.Length - 1) * (1 - Share))];
        return (Split(interactions, Array.ConvertAll(seen, s => s >= cut), cut), $"pairs from {DateTime.UnixEpoch.AddSeconds(cut):yyyy-MM-dd HH:mm:ss} UTC on");
    }

    /// <summary>The last pair of every user with at least two.</summary>
    private static bool[] LastOfEach(InteractionMatrix interactions)
    {
        var held = new bool[interactions.Count];
        for (int user = 0; user < interactions.Users; user++)
        {
            var seen = interactions.UserLastSeen(user);
            if (seen.Length < 2) continue;
            int last = 0;
            for (int k = 1; k < seen.Length; k++)
                if (seen[k] > seen[last]) last = k;
            held[interactions.ByUser.Pointers[user] + last] = true;
        }
        return held;
    }

    private static HoldOut Split(InteractionMatrix interactions, bool[] held, uint cut) =>
        new(interactions.Where(held, wanted: false), interactions.Where(held, wanted: true).ByUser, cut);
}
