namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>A clock that a test sets; timers and waits run in real time.</summary>
internal sealed class SettableTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
