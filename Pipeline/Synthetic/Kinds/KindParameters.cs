using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>Size of a made log of a kind (<see cref="SyntheticKinds"/>). Equal parameters give equal files, whatever the thread count.</summary>
/// <param name="Users">1 to 10,000,000; ids 0 to Users - 1.</param>
/// <param name="Items">2 to 1,000,000; ids 0 to Items - 1.</param>
/// <param name="Events">1 to 100,000,000, at most half of users x items: they are sorted in memory, 24 bytes each.</param>
internal sealed record KindParameters(int Users, int Items, long Events, ulong Seed = 42) : IStageOptions
{
    private const long Day = 86_400_000_000;

    /// <summary>Daily files; 1 to 3,650.</summary>
    public int Days { get; init; } = 60;

    public DateOnly FirstDay { get; init; } = new(2026, 1, 1);

    /// <summary>Microseconds since 1970-01-01T00:00Z of the first day's beginning.</summary>
    public long Start => (FirstDay.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * Day;

    /// <summary>Microseconds from the first day's beginning to the last one's end.</summary>
    public long Length => Days * Day;

    public void Validate(OptionsCheck check) => check
        .InRange(Users, 1, 10_000_000).InRange(Items, 2, 1_000_000).InRange(Days, 1, 3650)
        .InRange(Events, 1, Math.Max(1, Math.Min(100_000_000, (double)Users * Items / 2)));
}
