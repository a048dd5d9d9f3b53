namespace Recsys.Batch.Pipeline.Synthetic;

internal enum SyntheticEventType
{
    View,
    Cart,
    Purchase,
    Return,
}

/// <summary>One row of the log; -1 stands for a missing user or item.</summary>
/// <param name="Time">Microseconds since 1970-01-01T00:00Z.</param>
internal readonly record struct SyntheticEvent(long User, long Item, SyntheticEventType Type, long Time, int Quantity, double Price);
