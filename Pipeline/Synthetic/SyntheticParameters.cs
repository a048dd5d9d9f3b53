using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>Size and shape of a made-up shop. Equal parameters give equal files, whatever the thread count.</summary>
/// <param name="Users">1 to 100,000,000; ids 0 to Users - 1. Bots have ids from Users on.</param>
/// <param name="Items">1 to 10,000,000; ids 0 to Items - 1.</param>
/// <param name="Events">Rows of all event files together, dirty ones included.</param>
internal sealed record SyntheticParameters(int Users, int Items, long Events, ulong Seed = 42) : IStageOptions
{
    /// <summary>Daily files that the events are spread over evenly; 1 to 3,650.</summary>
    public int Days { get; init; } = 14;

    public DateOnly FirstDay { get; init; } = new(2026, 1, 1);

    /// <summary>Planted taste clusters; 0: one for about 250 items, 2 to 200. Each user has one favourite cluster, each item belongs to one.</summary>
    public int Clusters { get; init; }

    /// <summary>Share of a user's events inside the favourite cluster; the rest follow popularity alone. 0 to 1.</summary>
    public double Affinity { get; init; } = 0.8;

    /// <summary>Popularity of the item of rank r is (r + 3)^-exponent. 0 to 3.</summary>
    public double PopularityExponent { get; init; } = 0.9;

    /// <summary>Activity of the user of rank r is (r + Users / 100)^-exponent: heavy-tailed, but nobody looks like a bot. 0 to 3.</summary>
    public double ActivityExponent { get; init; } = 0.8;

    /// <summary>Share of dirty rows: missing users and items, exact duplicates, returns, impossible prices and quantities, bots. 0 to 0.5.</summary>
    public double DirtyShare { get; init; } = 0.01;

    internal int ClusterCount => Clusters > 0 ? Clusters : Math.Clamp(Items / 250, Math.Min(2, Items), 200);

    internal int Bots => Math.Max(1, Users / 20_000);

    public void Validate(OptionsCheck check) => check
        .InRange(Users, 1, 100_000_000).InRange(Items, 1, 10_000_000).InRange(Events, 1, 1e11).InRange(Days, 1, 3650)
        .InRange(Clusters, 0, Math.Max(1, Items)).InRange(Affinity, 0, 1).InRange(PopularityExponent, 0, 3).InRange(ActivityExponent, 0, 3)
        .InRange(DirtyShare, 0, 0.5);
}
