namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>Which runs are wanted; null for any.</summary>
/// <param name="Limit">At most so many, the newest.</param>
internal sealed record RunFilter(int Limit, int Skip = 0)
{
    public string? Job { get; init; }

    public RunState? State { get; init; }

    /// <summary>Runs that started at this moment or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Runs that started before this moment.</summary>
    public DateTimeOffset? To { get; init; }
}
