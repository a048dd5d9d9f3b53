namespace Recsys.Batch.Pipeline.Rank;

/// <summary>
/// One number of a user and an item that a ranker may learn from. Made for one moment by a <see cref="FeatureDefinition"/>; safe to call from many threads.
/// </summary>
internal interface IRankFeature
{
    /// <summary>Writes the values of the user's best candidates, NaN where one is not known.</summary>
    /// <param name="values">As many as are ranked, which may be fewer than there are: what is relative to all looks at the user's.</param>
    void Fill(RankedUser user, Span<float> values);
}

/// <summary>A feature that the log may or may not have.</summary>
/// <param name="Name">As reports have it.</param>
/// <param name="Create">Called once for a moment; null where what it needs is missing.</param>
internal sealed record FeatureDefinition(string Name, Func<RankInputs, IRankFeature?> Create);
