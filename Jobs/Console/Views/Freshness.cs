using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Views;

internal enum FreshnessState
{
    Nothing,
    Fresh,
    Stale,
}

/// <summary>Whether readers have lists from a recent night.</summary>
internal sealed record Freshness(FreshnessState State, VersionRecord? Version, TimeSpan Age, TimeSpan Limit)
{
    public static Freshness Of(VersionRecord? current, DateTimeOffset now, TimeSpan limit)
    {
        if (current is null) return new Freshness(FreshnessState.Nothing, null, TimeSpan.Zero, limit);
        var age = now - current.Created;
        return new Freshness(age <= limit ? FreshnessState.Fresh : FreshnessState.Stale, current, age, limit);
    }
}
