namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>
/// A clock that stands still until it is moved. Its timers fire at once where they are due within half a minute, and never otherwise: pauses pass, time limits
/// do not.
/// </summary>
internal sealed class MovableTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        System.CreateTimer(
            callback, state,
            dueTime < TimeSpan.FromSeconds(30) && dueTime >= TimeSpan.Zero ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
