namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// A time-ordered split in one index space: what was known before <paramref name="Cut"/>, and the pairs that followed.
/// A test pair may repeat one of <paramref name="Train"/> (a re-purchase) and may name an item that train never saw (a cold item).
/// </summary>
/// <param name="Train">users x items before the cut.</param>
/// <param name="Test">users x items at or after the cut (and before the window's end); values are the pair's weight in that window.</param>
/// <param name="Cut">Seconds since 1970-01-01; 0 where the split did not come from time.</param>
internal sealed record HoldOut(InteractionMatrix Train, SparseRows Test, uint Cut)
{
    /// <summary>Seconds since 1970-01-01 of a test pair's first event in the window, aligned with <see cref="Test"/>; null in a log without time.</summary>
    public uint[]? TestSeen { get; init; }

    /// <summary>users x items: what was rated after the cut, liked or not; null where ratings are not kept as values.</summary>
    public SparseRows? TestRatings { get; init; }
}
