using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>How many users have an item, since when and until when, at the moment of the newest interaction.</summary>
internal sealed class ItemStatistics
{
    private const double Day = 86_400;

    private readonly InteractionMatrix _history;
    private readonly double _now;

    public ItemStatistics(InteractionMatrix history, Catalog catalog)
    {
        _history = history;
        Users = new int[catalog.Items];
        foreach (int item in history.ByUser.Indices.AsSpan(0, history.Count)) Users[item]++;
        Age = new double[catalog.Items];
        Idle = new double[catalog.Items];
        Age.AsSpan().Fill(double.NaN);
        Idle.AsSpan().Fill(double.NaN);
        if (history.LastSeen is not { Length: > 0 } seen) return;
        _now = seen.Max();
        var (first, last) = (new uint[catalog.Items], new uint[catalog.Items]);
        for (int k = 0; k < history.Count; k++)
        {
            int item = history.ByUser.Indices[k];
            first[item] = first[item] == 0 ? seen[k] : Math.Min(first[item], seen[k]);
            last[item] = Math.Max(last[item], seen[k]);
        }
        for (int item = 0; item < catalog.Items; item++)
        {
            uint added = catalog.Added?[item] is > 0 and var since && since <= _now ? since : first[item];
            if (added > 0) Age[item] = (_now - added) / Day;
            if (last[item] > 0) Idle[item] = (_now - last[item]) / Day;
        }
    }

    /// <summary>Whether the log has times.</summary>
    public bool HasTimes => _history.LastSeen is { Length: > 0 };

    /// <summary>Users who have it.</summary>
    public int[] Users { get; }

    /// <summary>Days since it is for sale; NaN where that is not known.</summary>
    public double[] Age { get; }

    /// <summary>Days since somebody had it last; NaN where nobody did.</summary>
    public double[] Idle { get; }

    /// <summary>Users whose last event with it lies at most so many days back.</summary>
    public int[] RecentUsers(double days)
    {
        var recent = new int[Users.Length];
        if (_history.LastSeen is not { } seen) return recent;
        for (int k = 0; k < _history.Count; k++)
            if (seen[k] >= _now - days * Day) recent[_history.ByUser.Indices[k]]++;
        return recent;
    }
}
