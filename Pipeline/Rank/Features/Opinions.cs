using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Rank.Features;

/// <summary>
/// Mean sentiment of the item's reviews up to the moment, from 0 (all complain) to 1 (all praise), drawn towards that of all; missing where no review says
/// either. Not without a table of reviews with times.
/// </summary>
internal sealed class ReviewSentiment(ReviewedItems reviews) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("review sentiment", of => of.Reviews is { } reviews ? new ReviewSentiment(reviews) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = reviews.Sentiment(user.Items[k]);
    }
}

/// <summary>
/// Mean rating of the item's reviews up to the moment, on the shop's scale, drawn towards that of all; missing where none has a rating.
/// </summary>
internal sealed class ReviewRating(ReviewedItems reviews) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("review rating", of => of.Reviews is { } reviews ? new ReviewRating(reviews) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = reviews.Rating(user.Items[k]);
    }
}

/// <summary>ln(1 + reviews of the item that counted by the moment); 0 where nobody had written of it.</summary>
internal sealed class ReviewCount(ReviewedItems reviews) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("reviews", of => of.Reviews is { } reviews ? new ReviewCount(reviews) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        for (int k = 0; k < values.Length; k++) values[k] = (float)Math.Log(1 + reviews.Count(user.Items[k]));
    }
}
