namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>A clock that stands still until it is moved.</summary>
internal sealed class FixedTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = new(2011, 12, 10, 3, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.UtcTicks;
}

/// <summary>A clock that moves on by a second whenever it is read, so that nothing is left out for coming too fast.</summary>
internal sealed class SteppingTime : TimeProvider
{
    private long _seconds;

    public override DateTimeOffset GetUtcNow() => new(2011, 12, 10, 3, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => Interlocked.Increment(ref _seconds);
}
